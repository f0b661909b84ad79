"""``search``: evolution over a search space, under limits, by any ranking."""

import sys
import time
from typing import Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.own_table import open_space
from proxyrank.common.commands import add_command
from proxyrank.common.errors import ProxyrankError


def search(
    out: options.OutFolder,
    objective: Annotated[
        str,
        typer.Option(
            help="vkdnw_agg, vkdnw_search (the sum of the published search), az_nas, te_nas, a proxy, flops, "
            "a column of --table (-NAME: less is better), a ranker folder, or FILE.py:FUNCTION or "
            "module:function from an architecture to a number. Several joined by commas: Pareto fronts."
        ),
    ] = "vkdnw_agg",
    space: options.Space = "nb201",
    iterations: Annotated[int, typer.Option(min=1, help="Changes tried; more go on with a search.")] = 1000,
    population: Annotated[int, typer.Option("--population", min=2, help="Architectures kept.")] = 1024,
    batch: Annotated[
        int,
        typer.Option(min=1, help="Architectures scored before the population is cut; 1: as published."),
    ] = 16,
    max_flops: Annotated[float | None, typer.Option(help="Networks of at most this many FLOPs.")] = None,
    max_params: Annotated[
        float | None, typer.Option(help="Networks of at most this many parameters.")
    ] = None,
    max_layers: Annotated[int | None, typer.Option(help="Networks of at most this many layers.")] = None,
    max_latency: Annotated[
        float | None,
        typer.Option(
            help="Networks that take at most this many milliseconds for one input, measured on this machine "
            "on one thread; the objective -latency measures it too."
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option("--limit", help="COLUMN=NUMBER: a column of --table (latency, say) is at most that."),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(help="CSV/parquet table with column arch and columns of numbers to limit or rank by."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="Architecture that is changed first; the space's, or one at random, if not given."),
    ] = None,
    changes: Annotated[int, typer.Option(min=1, help="Random changes a step.")] = 2,
    dataset: options.OwnDataset = None,
    resolution: Annotated[
        int | None, typer.Option(min=1, help="Pixels along an edge of the images, instead of --dataset.")
    ] = None,
    classes: options.Classes = None,
    batch_size: options.OneBatchSize = 64,
    images: options.OneInput = "noise",
    root: options.Root = None,
    device: options.Device = "cpu",
    seed: options.Seed = 0,
    workers: options.Workers = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Address of a Ray cluster to score on (pip install 'proxyrank[ray]')."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Search a space by evolution. Stop it at any time: the same command goes on."""
    from proxyrank.common.executors import standing
    from proxyrank.common.threads import resolve_threads
    from proxyrank.evaluate.shortlist import parse_limits
    from proxyrank.features.network.score_settings import resolve_device
    from proxyrank.features.settings import FeatureSettings
    from proxyrank.search.evolution.folder import search_in_folder
    from proxyrank.search.evolution.measures import Measures
    from proxyrank.search.evolution.table import measured_columns
    from proxyrank.spaces import default_dataset, source_of

    where, _ = open_space(space, None)
    if resolution and not dataset:
        dataset = arguments.dataset_of(None, f"3x{resolution}x{resolution}", classes)
    elif resolution or classes:
        raise ProxyrankError("--dataset states resolution and classes; leave --resolution and --classes out")
    chosen = dataset or default_dataset(where) or "cifar10"
    limits = {"layers": max_layers, "flops": max_flops, "params": max_params, "latency": max_latency}
    known = measured_columns(where, arguments.data_path(table, "--table")) if table else {}
    timed = "latency" not in known and (max_latency is not None or "-latency" in arguments.names(objective))
    begin = time.perf_counter()
    with standing(resolve_threads(workers), ray=ray) as executor:
        outcome = search_in_folder(
            where,
            arguments.names(objective),
            out,
            measures=Measures(source_of(where), chosen, known, timed),
            settings=FeatureSettings(
                dataset=chosen,
                batch_size=batch_size,
                seed=seed,
                input=images,
                root=root,
                device=str(resolve_device(device)) if device != "cpu" else "cpu",
            ),
            executor=executor,
            limits={name: float(most) for name, most in limits.items() if most is not None}
            | parse_limits(limit or []),
            start=start,
            iterations=iterations,
            population=population,
            batch=batch,
            seed=seed,
            changes=changes,
        )
    seconds = time.perf_counter() - begin
    add_command(out, arguments.repeatable(sys.argv[1:]))
    best, counts = outcome.found.best, outcome.counts
    if json:
        output.print_json(
            {"best": output.records(best), "counts": counts, "files": [str(file) for file in outcome.files]}
        )
        return
    output.note(f"{', '.join(f'{name}: {count}' for name, count in counts.items())}; {seconds:.1f} s")
    sizes = ("predicted", "low", "high", "flops", "params", "layers", "latency", *known)
    shown = [name for name in map(str, best) if name.startswith("score") or name in sizes]
    output.print_rows(
        [*shown, "arch"],
        [[*(f"{row[name]:,.6g}" for name in shown), row["arch"]] for row in output.records(best)],
        title="the ten best, scores by ranks among all seen",
        text=("arch",),
    )
    print(f"best: {best['arch'].iloc[0]}")
    print(f"wrote {', '.join(map(str, outcome.files))}")

"""``features``: a table of features, one row an architecture."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proxyrank.cli import options, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.threads import resolve_threads
from proxyrank.spaces import data_shape, default_dataset, get_space, has, require

if TYPE_CHECKING:
    from proxyrank.common.executors import Executor


def features(
    out: Annotated[Path, typer.Option(help="Table to write (.parquet); its settings go beside it (.json).")],
    archs: options.Archs = None,
    population: options.Population = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Feature groups joined by commas; if not given, graf,paths,cell,flow, or config in a space "
            "without graphs."
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Only these columns of the groups, joined by commas."),
    ] = None,
    dataset: options.OwnDataset = None,
    batch_size: Annotated[int, typer.Option(help="Images a batch of the network features.")] = 64,
    seed: Annotated[int, typer.Option(help="Of the network features: weights, images, labels.")] = 0,
    device: Annotated[
        str, typer.Option(help="cpu, cuda (one process a GPU), or auto: CUDA where there is one.")
    ] = "cpu",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes, one thread each; all cores if not given.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Run on a Ray cluster instead: its address, or auto (pip install proxyrank[ray])."),
    ] = None,
    share: Annotated[
        bool,
        typer.Option(
            "--share",
            help="Compute one of the networks that are equal up to names and give the others its values, "
            "where a value does not depend on dead operations or on the order of the parameters.",
        ),
    ] = False,
    reuse: Annotated[
        bool,
        typer.Option(
            "--reuse", help="Take known rows from shipped tables and the cache (graph groups always do)."
        ),
    ] = False,
    space: options.Space = "nb201",
    json: options.Json = False,
) -> None:
    """Compute features of architectures: those of --archs, or a whole --population.

    Stop it at any time: the same command goes on, and ends in the same bytes.
    """
    from proxyrank.cli.candidates import read_candidates
    from proxyrank.features import default_groups, parse_groups
    from proxyrank.features.tables.extract import extract

    where = get_space(space)
    if bool(archs) == bool(population):
        raise ProxyrankError("say which architectures: --archs FILE or --population NAME (one of the two)")
    if share and reuse:
        raise ProxyrankError("--share and --reuse exclude each other: known rows are not shared ones")
    dataset = dataset or default_dataset(where) or "cifar10"
    data_shape(dataset)
    chosen = parse_groups(groups or [*(["graf"] if has(where, "graph") else []), *default_groups(where)])
    wanted = (
        list(read_candidates(where, archs).index)
        if archs
        else list(require(where, "archs", "--population").archs(population or "all"))
    )
    start = time.perf_counter()
    done = extract(
        where,
        wanted,
        chosen,
        out,
        executor=_executor(ray, workers, device),
        settings={"dataset": dataset, "batch_size": batch_size, "seed": seed, "device": device},
        columns=None if columns is None else [name.strip() for name in columns.split(",")],
        share=share,
        reuse=reuse,
    )
    summary = {
        "out": str(done.table),
        "rows": done.rows,
        "columns": done.columns,
        "groups": list(chosen),
        "missing": done.missing,
        "computed": done.computed,
        "seconds": round(time.perf_counter() - start, 2),
    }
    if json:
        output.print_json(summary)
        return
    reasons: dict[str, int] = {}
    for of_column in done.missing.values():
        for reason, count in of_column.items():
            reasons[reason] = reasons.get(reason, 0) + count
    output.print_fields(summary | {"missing": sum(reasons.values())})
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        print(f"  {count} values: {reason}")
    if not done.computed:
        print("the table was complete already: nothing was computed")


def _executor(ray: str | None, workers: int | None, device: str) -> "Executor":
    from proxyrank.common.executors import on_processes, on_ray

    if ray:
        return on_ray(ray)
    gpus: list[str] = []
    if device != "cpu":
        import torch

        gpus = [str(i) for i in range(torch.cuda.device_count())]
    return on_processes(resolve_threads(workers), gpus=gpus)

"""``features``: a table of features, one row per architecture."""

import time
from pathlib import Path
from typing import Annotated

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.cli.built_table import built_space
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import data_shape, default_dataset, get_space, has, require


def features(
    out: Annotated[
        Path,
        typer.Option(
            callback=options.require_folder,
            help="Table to write (.parquet); its settings go beside it (.json).",
        ),
    ],
    archs: options.Archs = None,
    population: options.Population = None,
    groups: options.Groups = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Only these columns of the groups, joined by commas."),
    ] = None,
    dataset: options.OwnDataset = None,
    batch_size: options.BatchSize = None,
    images: options.Input = None,
    root: options.Root = None,
    seed: options.Seed = 0,
    device: options.Device = "cpu",
    workers: options.Workers = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Run on a Ray cluster instead: its address, or auto (pip install proxyrank[ray])."),
    ] = None,
    candidates: options.Candidates = None,
    build: options.Build = None,
    key: options.Key = None,
    sentinel: options.Sentinels = None,
    label: Annotated[str | None, typer.Option(help="Column of --candidates to leave out.")] = None,
    shape: options.Shape = None,
    classes: options.Classes = None,
    logits: options.Logits = None,
    build_timeout: options.BuildTimeout = None,
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
    space: options.LabelledSpace = None,
    json: options.Json = False,
) -> None:
    """Compute a table of features, one row per architecture.

    The architectures are those of --archs, a whole --population, or the rows of --candidates. Stop it at any
    time: the same command goes on, and ends in the same bytes.
    """
    from proxyrank.cli.candidates import read_candidates
    from proxyrank.common.executors import make_executor
    from proxyrank.features import default_groups, get_group, parse_groups
    from proxyrank.features.defaults import SETTLED
    from proxyrank.features.tables.extract import extract

    if (bool(archs), bool(population), bool(candidates)).count(True) != 1:
        raise ProxyrankError(
            "say which architectures: --archs FILE, --population NAME or --candidates TABLE (one of them)"
        )
    if logits and not build:
        raise ProxyrankError("--logits is about the networks of --build")
    if build and not candidates:
        raise ProxyrankError("--build needs --candidates, the table whose rows it is called with")
    dataset = arguments.dataset_of(dataset, shape, classes)
    where = (
        built_space(
            build,
            dataset,
            candidates,
            key=key,
            label=label,
            logits=logits,
            timeout=build_timeout,
            sentinels=sentinel,
        )
        if candidates
        else get_space(space or "nb201")
    )
    if share and reuse:
        raise ProxyrankError("--share and --reuse exclude each other: known rows are not shared ones")
    dataset = dataset or default_dataset(where) or "cifar10"
    data_shape(dataset, square=False)
    cheap = ("graf", *default_groups(where)) if has(where, "graph") else default_groups(where)
    if candidates:  # the table's own columns come along, and products of them, which a model may settle
        only = set(arguments.names(columns or ""))
        every = default_groups(where, settles=SETTLED)
        cheap = tuple(name for name in every if not only or only & set(get_group(name).columns(where)))
        chosen = parse_groups((*cheap, groups or ("vkdnw,zcs" if build else "")))
    else:
        chosen = parse_groups(groups or cheap)
    wanted = (
        list(read_candidates(where, archs).archs)
        if archs
        else list(require(where, "archs", "--population").archs(population or "all"))
    )
    start = time.perf_counter()
    done = extract(
        where,
        wanted,
        chosen,
        out,
        executor=make_executor(workers=workers, ray=ray, device=device),
        settings={
            **{"dataset": dataset, "seed": seed, "device": device},
            **arguments.given(batch_size=batch_size, input=images, root=root),
        },
        columns=None if columns is None else arguments.names(columns),
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
        "known": done.known,
        "seconds": round(time.perf_counter() - start, 2),
    }
    if json:
        output.print_json(summary | arguments.failed_fields(where))
        return
    reasons: dict[str, int] = {}
    for of_column in done.missing.values():
        for reason, count in of_column.items():
            reasons[reason] = reasons.get(reason, 0) + count
    output.print_fields(summary | {"missing": sum(reasons.values())})
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        print(f"  {count} values: {reason}")
    if not done.computed and not done.known:
        print("the table was complete already: nothing was computed")
    elif done.known:
        print("known: rows of shipped tables and of the cache")

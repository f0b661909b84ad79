"""``features``: a table of features, one row an architecture."""

import time
from pathlib import Path
from typing import Annotated

import typer

from proxyrank.cli import options, output
from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import get_space


def features(
    out: Annotated[Path, typer.Option(help="Table to write (.parquet); its settings go beside it (.json).")],
    archs: options.Archs = None,
    population: options.Population = None,
    groups: Annotated[str, typer.Option(help="Feature groups, joined by commas.")] = "graf,paths,cell,flow",
    dataset: Annotated[
        str, typer.Option(help="Data set of the network features (classes and resolution).")
    ] = "cifar10",
    batch_size: Annotated[int, typer.Option(help="Images a batch of the network features.")] = 64,
    seed: Annotated[int, typer.Option(help="Of the network features: weights, images, labels.")] = 0,
    space: options.Space = "nb201",
    cache: Annotated[bool, typer.Option(help="Use and fill the feature cache.")] = True,
    json: options.Json = False,
) -> None:
    """Compute features of architectures: those of --archs, or a whole --population."""
    from proxyrank.cli.candidates import read_candidates
    from proxyrank.features import compute_features, parse_groups

    where = get_space(space)
    if bool(archs) == bool(population):
        raise ProxyrankError("say which architectures: --archs FILE or --population NAME (one of the two)")
    wanted = list(read_candidates(where, archs).index) if archs else list(where.archs(population or "all"))
    start = time.perf_counter()
    settings = {"dataset": dataset, "batch_size": batch_size, "seed": seed}
    table = compute_features(where, wanted, parse_groups(groups), settings=settings, cache=cache)
    table.write(out)
    summary = {
        "out": str(out),
        "rows": len(table.frame),
        "columns": table.frame.shape[1],
        "groups": list(table.sidecar.groups),
        "missing": table.missing_counts(),
        "seconds": round(time.perf_counter() - start, 2),
    }
    if json:
        output.print_json(summary)
    else:
        output.print_fields(summary)

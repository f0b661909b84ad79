"""``digits``: the benchmark that the package ships."""

from pathlib import Path
from typing import Annotated

import typer

from proxyrank.cli import options, output
from proxyrank.common.threads import resolve_threads

app = typer.Typer(help="The shipped benchmark: cells trained on scikit-learn's digits.", no_args_is_help=True)


@app.command(epilog="Example: proxyrank digits build --cells 100 --out digits.parquet --workers 2")
def build(
    out: Annotated[Path, typer.Option(help="Table to write (.parquet); an existing one is extended.")],
    cells: Annotated[int, typer.Option(min=1, help="Canonical cells that the table shall hold.")] = 1000,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings a cell.")] = 2,
    workers: Annotated[
        int | None, typer.Option(help="Processes, one thread each; all cores if not given.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Train cells and write their accuracies. Stop it at any time: the same command goes on."""
    from proxyrank.train.digits.build import build_digits

    table = build_digits(out, cells=cells, seeds=seeds, workers=resolve_threads(workers))
    summary = {"out": str(out), "cells": len(table), "seeds": seeds, "mean": round(table["digits"].mean(), 2)}
    if json:
        output.print_json(summary)
    else:
        output.print_fields(summary)

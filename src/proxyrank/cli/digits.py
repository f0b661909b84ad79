"""``digits``: the benchmark that the package ships."""

from pathlib import Path
from typing import Annotated, Any

import typer

from proxyrank.cli import options, output
from proxyrank.common.threads import resolve_threads

app = typer.Typer(help="The shipped benchmark, cells trained on scikit-learn's digits.", no_args_is_help=True)


@app.command(epilog="\b\nExample: proxyrank digits build --cells 100 --out digits.parquet --workers 2")
def build(
    out: Annotated[Path, typer.Option(help="Table to write (.parquet); an existing one is extended.")],
    cells: Annotated[int, typer.Option(min=1, help="Canonical cells that the table shall hold.")] = 1000,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings per cell.")] = 2,
    workers: options.Workers = None,
    json: options.Json = False,
) -> None:
    """Train cells and write their accuracies. Stop it at any time: the same command goes on."""
    from proxyrank.train.digits.build import build_digits

    table = build_digits(out, cells=cells, seeds=seeds, workers=resolve_threads(workers))
    summary = {"out": str(out), "cells": len(table), "seeds": seeds, "mean": round(table["digits"].mean(), 2)}
    output.print_summary(summary, json=json)


@app.command(epilog="\b\nExample: proxyrank digits info")
def info(json: options.Json = False) -> None:
    """Show the size of the benchmark and the noise of its labels.

    And what a perfect predictor would therefore reach.
    """
    from proxyrank.train.digits.facts import digits_facts

    facts = digits_facts()
    if json:
        output.print_json(facts)
        return
    output.print_fields({name: value for name, value in facts.items() if name != "noise"})
    print()
    rows = [
        [name, *(_text(noise[key]) for key in ("n", "sd_of_label", "KT", "SPR", "nDCG"))]
        for name, noise in facts["noise"].items()
    ]
    output.print_rows(["noise read off", "n", "sd of the label [%]", "KT", "SPR", "nDCG"], rows)
    output.note("KT, SPR, nDCG: what a ranking by the true accuracies would reach on these labels")


def _text(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)

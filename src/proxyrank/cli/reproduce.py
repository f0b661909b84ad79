"""``reproduce``: the paper's tables, ours beside the published numbers."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.common.commands import add_command
from proxyrank.common.errors import ProxyrankError, unknown

if TYPE_CHECKING:
    from proxyrank.paper.result import Result

LABELS = "nb201_accuracy.csv"


def reproduce(
    table: Annotated[
        str,
        typer.Argument(
            help="table1, table6, table7, table8, table9, table10, fig4, toy, or all of these; or spaces, "
            "other search spaces on their labels; or search, searches by their regret."
        ),
    ],
    out: options.OutFolder = Path("reproduced"),
    benchmark: Annotated[
        Literal["nb201", "digits"], typer.Option(help="NAS-Bench-201, or the benchmark that ships.")
    ] = "nb201",
    labels: Annotated[
        str,
        typer.Option(
            help="Accuracies of NAS-Bench-201: column arch and one per data set. For spaces and search the "
            "folder of all tables, else (spaces in) PROXYRANK_DATA."
        ),
    ] = LABELS,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, help="Splits of the learnt rows, or runs: 5, spaces 3, search 20."),
    ] = None,
    only: Annotated[str | None, typer.Option(help="spaces, search: lines, separated by commas.")] = None,
    methods: Annotated[str | None, typer.Option(help="search: methods, separated by commas.")] = None,
    train_sizes: Annotated[
        str | None, typer.Option(help="spaces: sizes of the training part, separated by commas.")
    ] = None,
    cells: Annotated[int, typer.Option(min=10, help="Cells that tables 8 and 9 compute.")] = 200,
    full: Annotated[bool, typer.Option("--full", help="All cells in tables 8 and 9.")] = False,
    images: options.OwnInput = None,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Reproduce tables of the VKDNW paper, ours (published).

    Each is printed and written as CSV, JSON, Markdown and LaTeX, all on one HTML page.
    """
    from proxyrank.paper import TABLES, digits_bench, nb201_bench, reproduce_all
    from proxyrank.paper import reproduce as make
    from proxyrank.paper.run import verdicts

    if table == "spaces":
        _spaces(out, labels, seeds=seeds or 3, only=only, sizes=train_sizes, threads=threads, json=json)
        return
    if table == "search":
        _search(out, labels, seeds=seeds or 20, only=only, methods=methods, json=json)
        return
    if only or train_sizes or methods:
        raise ProxyrankError("--only, --methods, --train-sizes are options of the table spaces or search")
    if table != "all" and table not in TABLES:
        raise unknown("table", table, (*TABLES, "spaces", "search", "all"))
    chosen = tuple(range(1, (seeds or 5) + 1))
    subset = None if full else cells
    if "digits" in (benchmark, labels):
        bench = digits_bench(seeds=chosen, cells=subset, threads=threads, images=images)
    else:
        path = arguments.data_path(labels, "--labels")
        bench = nb201_bench(str(path), seeds=chosen, cells=subset, threads=threads, images=images)
    every = table == "all"
    results = reproduce_all(bench, out, on_table=output.note) if every else [make(table, bench, out)]
    _state(out)
    judged = verdicts(results)
    if json:
        output.print_json({"tables": [result.to_dict() for result in results], "verdicts": judged})
        return
    for result in results:
        _print(result)
    for kind, places in judged.items():
        print(f"{kind}: {len(places)} rows")
        if kind in ("differs", "on other cells", "missing"):
            print("".join(f"  {place}\n" for place in places), end="")
    print(f"wrote {out}")


def _spaces(
    out: Path, labels: str, *, seeds: int, only: str | None, sizes: str | None, threads: int, json: bool
) -> None:
    """The table of search spaces; what is there already is not measured again."""
    from proxyrank.paper.spaces import reproduce_spaces

    folder = Path(os.environ.get("PROXYRANK_DATA", "."), "spaces") if labels == LABELS else Path(labels)
    wanted = arguments.numbers(sizes, "--train-sizes") if sizes else ()
    result = reproduce_spaces(
        folder,
        out,
        only=only,
        sizes=wanted,
        seeds=tuple(range(1, seeds + 1)),
        threads=threads,
        on_part=output.note,
    )
    _state(out)
    if json:
        output.print_json({"tables": [result.to_dict()]})
        return
    _print(replace(result, cells=[cell for cell in result.cells if cell.metric == "KT"]))
    print(f"wrote {out}")


def _search(out: Path, labels: str, *, seeds: int, only: str | None, methods: str | None, json: bool) -> None:
    """The table of searches; runs that are there already are not played again."""
    from proxyrank.paper.regret import by_line, reproduce_search

    folder = Path(os.environ.get("PROXYRANK_DATA", ".")) if labels == LABELS else Path(labels)
    result = reproduce_search(
        folder, out, only=only, methods=methods, seeds=tuple(range(seeds)), on_part=output.note
    )
    _state(out)
    if json:
        output.print_json({"tables": [result.to_dict()]})
        return
    for one in by_line(result):
        _print(one)
    print(f"wrote {out}")


def _state(out: Path) -> None:
    """State in the folder what wrote into it."""
    add_command(out, arguments.repeatable(sys.argv[1:]))


def _print(result: "Result") -> None:
    """A table for people."""
    from proxyrank.paper.render import legend, wide_frame

    frame = wide_frame(result)
    title = f"{result.name}: {result.title}; {legend(result)}"
    output.print_rows(list(frame.columns), frame.itertuples(index=False), title=title)
    for note in result.notes:
        print(f"  {note}")
    print()

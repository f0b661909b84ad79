"""``reproduce``: the paper's tables, ours beside the published numbers."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from proxyrank.cli import arguments, options, output
from proxyrank.common.errors import unknown


def reproduce(
    table: Annotated[
        str, typer.Argument(help="table1, table6, table7, table8, table9, table10, fig4, toy, or all.")
    ],
    out: options.OutFolder = Path("reproduced"),
    benchmark: Annotated[
        Literal["nb201", "digits"], typer.Option(help="NAS-Bench-201, or the benchmark that ships.")
    ] = "nb201",
    labels: Annotated[
        str,
        typer.Option(help="Accuracies of NAS-Bench-201: column arch and one a data set."),
    ] = "nb201_accuracy.csv",
    seeds: Annotated[int, typer.Option(min=1, help="Splits of the learnt rows (seeds 1, 2, ...).")] = 5,
    cells: Annotated[int, typer.Option(min=10, help="Cells that tables 8 and 9 compute.")] = 200,
    full: Annotated[bool, typer.Option("--full", help="All cells in tables 8 and 9.")] = False,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Reproduce tables of the VKDNW paper, ours (published).

    Each is printed and written as CSV, JSON, Markdown and LaTeX, all on one HTML page.
    """
    from proxyrank.paper import TABLES, digits_bench, nb201_bench, reproduce_all
    from proxyrank.paper import reproduce as make
    from proxyrank.paper.render import wide_frame
    from proxyrank.paper.run import verdicts

    if table != "all" and table not in TABLES:
        raise unknown("table", table, (*TABLES, "all"))
    chosen = tuple(range(1, seeds + 1))
    subset = None if full else cells
    if "digits" in (benchmark, labels):
        bench = digits_bench(seeds=chosen, cells=subset, threads=threads)
    else:
        path = arguments.data_path(labels, "--labels")
        bench = nb201_bench(str(path), seeds=chosen, cells=subset, threads=threads)
    every = table == "all"
    results = reproduce_all(bench, out, on_table=output.note) if every else [make(table, bench, out)]
    judged = verdicts(results)
    if json:
        output.print_json({"tables": [result.to_dict() for result in results], "verdicts": judged})
        return
    for result in results:
        frame = wide_frame(result)
        title = f"{result.name}: {result.title}; ours ± std (published)"
        output.print_rows(list(frame.columns), frame.itertuples(index=False), title=title)
        for note in result.notes:
            print(f"  {note}")
        print()
    for kind, places in judged.items():
        print(f"{kind}: {len(places)} rows")
        if kind in ("differs", "on other cells", "missing"):
            print("".join(f"  {place}\n" for place in places), end="")
    print(f"wrote {out}")

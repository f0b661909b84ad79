"""Options that several commands share, and where files are looked for."""

import os
from pathlib import Path
from typing import Annotated

import typer

from proxyrank.common.errors import ProxyrankError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Space = Annotated[
    str, typer.Option(help="Search space: the name of an installed one, or [b]FILE.py:NAME[/b].")
]
RankerSpace = Annotated[
    str | None,
    typer.Option("--space", help="The search space of the ranker, [b]FILE.py:NAME[/b], if not installed."),
]
Threads = Annotated[
    int,
    typer.Option(
        min=1, help="Threads of the model; results do not depend on it. 1 is fastest below 5,000 rows."
    ),
]
Archs = Annotated[
    str | None,
    typer.Option(
        "--archs",
        help="Architectures: a text file with one string or tuple a line, or a CSV/parquet file with column "
        "[b]arch[/b].",
    ),
]
Labels = Annotated[
    str,
    typer.Option(
        "--labels",
        help="CSV or parquet file with column [b]arch[/b] and labels (a name that is no file is also looked "
        "for in the folder PROXYRANK_DATA), [b]digits[/b] for the benchmark that proxyrank ships, or a "
        "NATS-Bench archive (pickles: only what you trust; pip install proxyrank[nats]).",
    ),
]
Label = Annotated[str | None, typer.Option("--label", help="Label column, if the file has several.")]
Population = Annotated[
    str | None, typer.Option("--population", help="Part of the space: all, or filtered (no dead operations).")
]


_HOW_TO_GET = {
    "--labels": "bring a CSV with the columns arch and an accuracy, or use --labels digits",
    "--archs": "write one architecture a line into a text file, or take a whole population",
    "--features": "proxyrank features writes such tables",
    "--scores": "bring a CSV with the column arch and score columns",
}


def data_path(name: str, option: str) -> Path:
    """The file a user means: a path, a name under ``PROXYRANK_DATA``, or a shipped benchmark.

    Raises
    ------
    ProxyrankError
        If there is no such file; the message says how to get one.
    """
    if name == "digits":
        from proxyrank.train.digits import digits_table

        return digits_table()
    folder = os.environ.get("PROXYRANK_DATA")
    for path in (Path(name), Path(folder, name) if folder else None):
        if path is not None and path.is_file():
            return path
    looked = (
        f"nor in PROXYRANK_DATA={folder}" if folder else "and PROXYRANK_DATA, a folder to look in, is not set"
    )
    raise ProxyrankError(f"{option} {name}: no such file, {looked}; {_HOW_TO_GET[option]}")

"""How results reach a person (text, tables) or a script (JSON)."""

import json
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

NARROW = 200
"""Width of tables that go to a file or a pipe, where nothing says how wide it is."""


def note(text: str) -> None:
    """Print a remark on the standard error."""
    print(text, file=sys.stderr)


def print_json(value: Any) -> None:
    """Print strict JSON: one value, keys in the given order; what the stream cannot carry is escaped."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(value, allow_nan=False)
    print(text)


def print_summary(fields: Mapping[str, Any], *, json: bool) -> None:
    """Print what a command did: one JSON object, or aligned lines."""
    if json:
        print_json(dict(fields))
    else:
        print_fields(fields)


def next_step(*words: object) -> None:
    """Print a command that is worth running now, quoted so that it works as printed."""
    print(f"next: {shlex.join(['proxyrank', *map(str, words)])}")


def print_fields(fields: Mapping[str, Any]) -> None:
    """Print ``name  value`` lines, aligned."""
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        print(f"{name:<{width}}  {value}")


def print_rows(header: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Print a table as wide as the terminal (or as wide as it needs, when not on one)."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, box=None, header_style="bold", title_justify="left", pad_edge=False)
    for i, name in enumerate(header):
        table.add_column(name, justify="left" if i == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False).print(table)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame for JSON: missing values become null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict(orient="records")]

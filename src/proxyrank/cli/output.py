"""How results reach a person (text, tables) or a script (JSON)."""

import json
import logging
import shlex
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

_log = logging.getLogger(__name__)

WIDE = 200
"""Columns of a file or a pipe where nothing says how wide it is."""
_BELOW = "    "


def note(text: str) -> None:
    """Print a remark on the standard error; with ``-q`` it is left out."""
    _log.warning("%s", text)


def notes(texts: Iterable[str]) -> None:
    """Each remark on a line of the standard error."""
    for text in texts:
        note(text)


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
    """Print ``name  value`` lines, aligned; long values go on below themselves."""
    indent = max(map(len, fields), default=0) + 2
    for name, value in fields.items():
        first, *others = _wrap(str(value), _width() - indent)
        print(f"{name:<{indent}}{first}".rstrip())
        for line in others:
            print(" " * indent + line)


def print_rows(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str | None = None,
    *,
    text: Collection[str] = (),
) -> None:
    """Print a table no wider than the terminal.

    Parameters
    ----------
    header
        Names of the columns.
    rows
        Their values; None is blank.
    title
        Line above.
    text
        Columns of long text: where the table would be too wide, they stand below each row.
    """
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    below = [i for i, name in enumerate(header) if name in text]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    if not below or sum(widths) + 2 * (len(widths) - 1) <= _width():
        _print_table(header, cells, title, left={0, *below})
        return
    beside = [i for i in range(len(header)) if i not in below]
    if title:
        print(title)
    for row in (header, *cells):
        print("  ".join(f"{row[i]:{'>' if i else '<'}{widths[i]}}" for i in beside).rstrip())
        for i in below if row is not header else ():
            for line in _wrap(row[i], _width() - len(_BELOW)):
                print(f"{_BELOW}{line}".rstrip())


def _print_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], title: str | None, left: Collection[int]
) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, box=None, header_style="bold", title_justify="left", pad_edge=False)
    for i, name in enumerate(header):
        table.add_column(name, justify="left" if i in left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=_width(), highlight=False, markup=False).print(table)


def _width() -> int:
    """Columns of the terminal; of a file or a pipe those that COLUMNS states, or `WIDE`."""
    return max(40, shutil.get_terminal_size((WIDE, 24)).columns)


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width``, broken at blanks, else between the parts of an architecture."""
    lines = []
    while len(text) > width:
        blank = text.rfind(" ", 0, width + 1)
        at = blank if blank > 0 else max(text.rfind(sign, 0, width) for sign in "+|),/") + 1 or width
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame for JSON: missing values become null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict(orient="records")]

"""Tables as files hold them, for pages: numbers are numbers, so that they sort as such."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from proxyrank.common.tabular import read_table
from proxyrank.report.page import Table, Value


def read_numbers(path: Path, option: str) -> pd.DataFrame:
    """A table; columns in which every given value is a number hold numbers.

    Raises
    ------
    TableError
        If it cannot be read.
    """
    frame = read_table(path, option)
    for name in frame.columns:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        blank = frame[name].isna() | (frame[name].astype(str).str.strip() == "")
        if (numbers.notna() | blank).all():
            frame[name] = numbers
    return frame


def table_of(frame: pd.DataFrame) -> Table:
    """The frame as a table, columns without any value left out."""
    shown = frame.dropna(axis=1, how="all")
    plain = shown.astype(object).where(shown.notna(), None)
    rows = [[_cell(value) for value in row] for row in plain.to_numpy().tolist()]
    return Table(list(map(str, shown.columns)), rows)


def stated_table(stated: Mapping[str, object]) -> Table:
    """Settings as a file states them, a row each."""
    return Table(["setting", "value"], [[name, _text(value)] for name, value in stated.items()])


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    return "none" if value is None else str(value)


def _cell(value: object) -> Value:
    return value if value is None or isinstance(value, str | int | float) else str(value)

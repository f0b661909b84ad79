"""Numbers as people write them in the cells of a table."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common._csv import plain_numbers
from proxyrank.common.errors import TableError
from proxyrank.common.tabular import row_place

MISSING_TOKENS = frozenset({"", "na", "n/a", "<na>", "nan", "null", "none"})
"""Cells that mean "no value", in lower case."""


def numeric_column(frame: pd.DataFrame, column: str, path: str | Path) -> NDArray[np.float64]:
    """Numbers of one column; blank cells and `MISSING_TOKENS` are NaN, infinities stay.

    Parameters
    ----------
    frame
        Whole table as `read_table` gives it (messages count its rows).
    column
        Name of the column.
    path
        Its file, for messages.

    Raises
    ------
    TableError
        If the column is absent, or at the first text that is not a number.
    """
    if column not in frame.columns:
        raise TableError(f"{path}: no column {column!r}; columns: {', '.join(map(str, frame.columns))}")
    series = frame[column]
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    fast = plain_numbers(series, MISSING_TOKENS)
    if fast is not None:
        return fast
    values = np.empty(len(series))
    for row, cell in enumerate(series):
        number = parse_number(cell)
        if number is None:
            place = row_place(frame, row, path)
            raise TableError(f"{place}: column {column!r} must hold numbers such as 93.1, found {cell!r}")
        values[row] = number
    return values


def parse_number(cell: object) -> float | None:
    """Read a number from a cell: NaN where it is blank or missing, None where it is something else."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return math.nan
    text = str(cell).strip()
    if text.lower() in MISSING_TOKENS:
        return math.nan
    if "_" in text:  # float() would read 1_000 as a number
        return None
    try:
        return float(text)
    except ValueError:
        return None

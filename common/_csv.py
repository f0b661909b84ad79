"""CSV files read strictly and in bounded memory: rows by the csv module, columns kept as Arrow text."""

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from proxyrank.common.errors import TableError

LINES = "lines"
"""Key of `DataFrame.attrs`: True where row i stands on line i + 2, else the line of each row."""
CHUNK_CELLS = 1 << 18
"""Cells that are Python objects at a time; one takes some sixty bytes."""

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(path: Path, *, compressed: bool = False) -> pd.DataFrame:
    """Every cell as text; blanks after a comma are dropped.

    Parameters
    ----------
    path
        The file, UTF-8 with or without byte order mark, fields separated by commas.
    compressed
        Whether it is a gzip file.

    Returns
    -------
    DataFrame
        Columns of text, perhaps without rows; ``attrs`` has `LINES`.

    Raises
    ------
    TableError
        If a line has another number of fields than the header or is no valid CSV, if the fields are separated
        otherwise, or the file is not UTF-8 or no whole gzip file.
    """
    with _text(path, compressed=compressed) as file:
        reader = csv.reader(file, strict=True, skipinitialspace=True)
        try:
            header = next((row for row in reader if row), None)
            if header is None:
                raise TableError(f"{path}: the file is empty, it has no header")
            _check_delimiter(header, path)
            chunks, lines = [], []
            for rows, places in _chunks(reader, len(header), path):
                chunks.append([pa.array(cells, pa.large_string()) for cells in zip(*rows, strict=True)])
                lines += places
        except csv.Error as error:
            raise TableError(f"{path}, line {reader.line_num}: not a valid CSV line ({error})") from None
    whole = [pa.chunked_array([chunk[i] for chunk in chunks], pa.large_string()) for i in range(len(header))]
    table = pa.table(whole, list(map(str, range(len(header)))))
    frame: pd.DataFrame = table.to_pandas().set_axis(header, axis=1)
    # one line a row is the rule; only exceptions carry the list, because pandas copies attrs all the time
    frame.attrs[LINES] = lines == list(range(2, len(lines) + 2)) or tuple(lines)
    return frame


def plain_numbers(series: pd.Series, missing: Collection[str]) -> NDArray[np.float64] | None:
    """Numbers of a column of text by Arrow, NaN for the tokens in ``missing`` (lower case).

    None where it does not understand a cell, which is then for the caller to read or to refuse.
    """
    if not isinstance(series.dtype, pd.StringDtype):
        return None
    text = pc.utf8_trim_whitespace(pa.array(series, pa.large_string()))
    blank = pc.is_in(pc.utf8_lower(text), value_set=pa.array(sorted(missing), pa.large_string()))
    try:
        numbers = pc.cast(pc.if_else(blank, None, text), pa.float64())
    except pa.ArrowInvalid:
        return None
    if pc.any(pc.is_nan(numbers)).as_py():  # nan(1) and other words of C
        return None
    found: NDArray[np.float64] = pc.fill_null(numbers, np.nan).to_numpy(zero_copy_only=False)
    return found


def decode(data: bytes, path: Path) -> str:
    """Text of a UTF-8 file.

    Raises
    ------
    TableError
        Naming the first line that is something else.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(f"{path}, line {line}: not UTF-8 text") from None


@contextmanager
def _text(path: Path, *, compressed: bool) -> Iterator[io.TextIOWrapper]:
    """The decoded stream of a file; what goes wrong with it while it is read becomes a line for people."""
    try:
        with (
            gzip.open(path, "rb") if compressed else path.open("rb") as raw,
            io.TextIOWrapper(raw, "utf-8-sig", newline="") as text,
        ):
            yield text
    except UnicodeDecodeError:
        decode(gzip.decompress(path.read_bytes()) if compressed else path.read_bytes(), path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TableError(f"{path}: not a gzip file, or a truncated one ({error})") from None


def _chunks(reader: Any, width: int, path: Path) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Rows in handfuls, with the line on which each begins."""
    rows: list[list[str]] = []
    lines: list[int] = []
    before = reader.line_num
    for row in reader:
        start, before = before + 1, reader.line_num  # a quoted cell may span lines
        if not row:
            continue
        if len(row) != width:
            raise TableError(f"{path}, line {start}: expected {width} fields, found {len(row)}")
        rows.append(row)
        lines.append(start)
        if len(rows) * width >= CHUNK_CELLS:
            yield rows, lines
            rows, lines = [], []
    if rows:
        yield rows, lines


def _check_delimiter(header: Sequence[str], path: Path) -> None:
    """Name a separator other than the comma; a lone name that holds one is no name of a column."""
    if header[0].startswith(("#", "sep=")):
        raise TableError(
            f"{path}: begins with a comment ({header[0][:40]!r}), expected the line of column names"
        )
    if len(header) == 1:
        for sign, plural in _DELIMITERS.items():
            if sign in header[0]:
                raise TableError(f"{path}: its fields are separated by {plural} ({sign!r}), expected commas")

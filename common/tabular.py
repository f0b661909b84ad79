"""Tables of architectures: CSV and parquet files read strictly, written whole or not at all."""

import gzip
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common._csv import LINES, read_csv
from proxyrank.common.errors import TableError
from proxyrank.common.files import atomic_path, dump_json

READ_SUFFIXES = (".csv", ".csv.gz", ".parquet")
WRITE_SUFFIXES = (".csv", ".csv.gz", ".json", ".parquet")
_PANDAS_INDEX = "Unnamed: 0"
LEFT_OUT = "left_out"
"""Where the attributes of a table that was read name the columns that were left out."""
SENTINEL = -1e8
"""What published tables store for a value whose computation failed; it always counts as missing."""


def read_table(path: str | Path, option: str = "") -> pd.DataFrame:
    """Read a CSV or parquet file, chosen by its suffix; a parquet file may have none.

    Parameters
    ----------
    path
        File with a suffix of `READ_SUFFIXES`.
    option
        Command line option that named the file, for messages.

    Returns
    -------
    DataFrame
        Default index. From CSV every cell is text, a blank one the empty text; parquet keeps its types and
        named index levels become columns. Blanks around the names of columns are dropped, and so are columns
        without a name that are blank or number the rows from 0, as pandas writes its index.

    Raises
    ------
    TableError
        If the file is missing, empty, damaged, has no rows, a repeated column name or another suffix.
    """
    path = Path(path)
    suffix = ".parquet" if _is_bare_parquet(path) else table_suffix(path, READ_SUFFIXES)
    check_present(path, option)
    frame = _read_parquet(path) if suffix == ".parquet" else read_csv(path, compressed=suffix == ".csv.gz")
    frame.columns = pd.Index([str(name).strip() for name in frame.columns])
    frame = _without_index(frame)
    _check_header(list(frame.columns), path)
    if frame.empty:
        raise TableError(f"{path}: no rows, only a header")
    return frame


def table_suffix(path: str | Path, known: Sequence[str]) -> str:
    """Suffix of a table's name, in lower case.

    Raises
    ------
    TableError
        If it is not one of those known.
    """
    name = Path(path).name.lower()
    for suffix in known:
        if name.endswith(suffix):
            return suffix
    raise TableError(f"{path}: expected a file named {', '.join('*' + suffix for suffix in known)}")


def is_table(path: str | Path) -> bool:
    """Whether `read_table` reads the file, by its name or, where that has no suffix, its first bytes."""
    return Path(path).name.lower().endswith(READ_SUFFIXES) or _is_bare_parquet(Path(path))


def row_place(frame: pd.DataFrame, row: int, path: str | Path) -> str:
    """Place of a row (from 0) of a frame of `read_table`: ``"F, line 3"``, for parquet ``"F, row 2"``."""
    lines = frame.attrs.get(LINES)
    if lines is None:
        return f"{path}, row {row + 1}"
    return f"{path}, line {row + 2 if lines is True else lines[row]}"


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    r"""Write the columns of a frame (not its index) as CSV, JSON records or parquet, by suffix, atomically.

    UTF-8 without byte order mark, line ends ``\n``; a missing value is a blank cell or ``null``, and JSON
    holds ``null`` for infinities too. The same frame gives the same bytes.

    Raises
    ------
    TableError
        If the suffix is not one of `WRITE_SUFFIXES`.
    ProxyrankError
        If the folder does not exist.
    """
    path = Path(path)
    suffix = table_suffix(path, WRITE_SUFFIXES)
    with atomic_path(path) as temporary:
        if suffix == ".parquet":
            frame = frame.copy(deep=False)
            frame.attrs = {}
            frame.to_parquet(temporary, index=False)
        elif suffix == ".json":
            records = [json_safe(record) for record in frame.to_dict(orient="records")]
            temporary.write_text(dump_json(records), encoding="utf-8", newline="\n")
        else:
            data = frame.to_csv(index=False, lineterminator="\n").encode()
            temporary.write_bytes(gzip.compress(data, mtime=0) if suffix == ".csv.gz" else data)


def json_safe(value: Any) -> Any:
    """Turn a value into types of JSON: containers copied, NumPy numbers unpacked, NaN and infinities None."""
    if isinstance(value, dict):
        return {str(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [json_safe(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | str) else str(value)


def _is_bare_parquet(path: Path) -> bool:
    """Whether a file without a suffix is parquet, by its first bytes."""
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def check_present(path: Path, option: str) -> None:
    """Refuse what is missing, a folder, or empty."""
    source = f" (from {option})" if option else ""
    if not path.exists():
        raise TableError(f"{path}: no such file{source}")
    if path.is_dir():
        raise TableError(f"{path}: is a folder, expected a file{source}")
    if path.stat().st_size == 0:
        raise TableError(f"{path}: the file is empty (0 bytes){source}")


def _read_parquet(path: Path) -> pd.DataFrame:
    from pyarrow import ArrowException

    try:
        frame = pd.read_parquet(path)
    except (ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise TableError(f"{path}: not a parquet file, or a damaged one ({reason})") from None
    named = [name for name in frame.index.names if name is not None]
    frame = (frame.reset_index(level=named) if named else frame).reset_index(drop=True)
    frame.attrs = {}  # pandas stores them in the file
    return frame


def _without_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out nameless columns that say nothing; the first of them is named by pandas when it reads one."""
    if not any(name == "" or name == _PANDAS_INDEX for name in frame.columns):
        return frame
    numbers = [str(row) for row in range(len(frame))]
    says = [
        name not in ("", _PANDAS_INDEX) or [text for text in cells if text] not in ([], numbers)
        for name, cells in ((name, frame.iloc[:, i].astype(str)) for i, name in enumerate(frame.columns))
    ]
    kept = frame.loc[:, says]
    kept.attrs = {
        **frame.attrs,
        LEFT_OUT: [name for name, own in zip(frame.columns, says, strict=True) if not own],
    }
    return kept


def _check_header(names: Iterable[str], path: Path) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TableError(f"{path}: the column name {name!r} occurs more than once")
        seen.add(name)

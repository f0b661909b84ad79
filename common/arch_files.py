"""Architectures as files list them: a column of a table, or a line each."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common._csv import decode
from proxyrank.common.errors import TableError
from proxyrank.common.tabular import check_present, is_table, read_table, row_place


def read_archs(path: str | Path, columns: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Architectures listed in a file, unparsed.

    Parameters
    ----------
    path
        CSV or parquet with a column ``arch``; any other suffix is text with one string or tuple a line, where
        blank lines and lines that begin with ``#`` are skipped.
    columns
        As for `arch_texts`.

    Returns
    -------
    list of (text, where)
        ``where`` is the place for messages, such as ``"F, line 3"``.

    Raises
    ------
    TableError
        If the file is missing, damaged, or lists nothing.
    """
    path = Path(path)
    if is_table(path):
        frame = read_table(path, "--archs")
        return [(text, row_place(frame, i, path)) for i, text in enumerate(arch_texts(frame, path, columns))]
    check_present(path, "--archs")
    lines = decode(path.read_bytes(), path).splitlines()
    stripped = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    found = [(text, f"{path}, line {number}") for number, text in stripped if text and text[0] != "#"]
    if not found:
        raise TableError(f"{path}: no architectures, only blank lines and comments")
    return found


def arch_texts(frame: pd.DataFrame, path: str | Path, columns: Sequence[str] = ()) -> list[str]:
    """Column ``arch`` as text, lists and arrays as tuples.

    Parameters
    ----------
    frame, path
        Table and its file.
    columns
        Columns whose texts, joined by a colon, name an architecture where there is no column ``arch``.

    Raises
    ------
    TableError
        If the table has neither.
    """
    if "arch" in frame.columns:
        return [_arch_text(cell) for cell in frame["arch"]]
    names = list(map(str, frame.columns))
    if not columns or not set(columns) <= set(frame.columns):
        instead = f" (or the columns {', '.join(columns)})" if columns else ""
        alike = next((f"; {name!r} is spelt otherwise" for name in names if name.lower() == "arch"), "")
        raise TableError(f"{path}: no column 'arch'{instead}; columns: {', '.join(names)}{alike}")
    parts = (map(_arch_text, frame[column]) for column in columns)
    return list(map(":".join, zip(*parts, strict=True)))


def _arch_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, np.ndarray):
        return str(tuple(cell.tolist()))
    return str(tuple(cell)) if isinstance(cell, list | tuple) else str(cell)

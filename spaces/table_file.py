"""Files that describe architectures row by row, read as a `TableSpace`."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proxyrank.common.errors import ArchitectureError, TableError, unknown
from proxyrank.common.failed import failure, failures_line
from proxyrank.common.numeric import MISSING_TOKENS, parse_number
from proxyrank.common.tabular import LEFT_OUT, SENTINEL, read_table, row_place
from proxyrank.spaces._choices import Choice, as_number
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.table import Row, TableSpace, row_name

if TYPE_CHECKING:
    from torch import nn

MOST_CATEGORIES = 64
"""Different words that a column may have and still be one of categories; free text has more."""

_ROW_NUMBER = re.compile(r"|Unnamed: \d+|__index_level_\d+__")
"""Headers of a column of row numbers, as pandas writes one without a name."""

_FEW_ROWS = 20
"""Up to so many rows, words that are all different may well be categories."""


@dataclass(frozen=True)
class _Column:
    """A column as it is read: its values and, for one of words, its categories."""

    values: Sequence[Choice | None]
    words: tuple[str, ...] = ()
    failed: Mapping[str, int] = field(default_factory=dict)
    """How many numbers count as blank, by reason."""


def read_table_space(
    path: str | Path,
    *,
    key: str | None = None,
    label: str | None = None,
    like: Mapping[str, Any] | None = None,
    option: str = "--features",
    build: "Callable[..., nn.Module] | None" = None,
    data: DataShape | None = None,
    sentinels: Sequence[float] = (),
) -> tuple[TableSpace, list[str]]:
    """Read a CSV or parquet file of architectures; numbers and words describe them.

    Parameters
    ----------
    path
        The file.
    key
        Column with the names; None takes ``arch`` or, where there is none, the row itself.
    label
        Column that is no description of an architecture but what is to be learnt.
    like
        `TableSpace.hyperparameters` of the table that a ranker was trained on: the same columns are read, and
        their categories stay. None chooses them from this file.
    option
        Command line option that named the file, for messages.
    build, data
        As in `TableSpace`.
    sentinels
        Numbers, besides -1e8 and those that ``like`` states, that stand for a failed computation: blank.

    Returns
    -------
    TableSpace
        Rows that repeat an architecture with equal values collapse.
    list of str
        What was left out, a line each.

    Raises
    ------
    TableError
        If the file cannot be read, a column is absent, a number is none, or an architecture occurs with
        different values; the message names the line.
    """
    raw = read_table(path, option)
    return table_space(
        raw, path, key=key, label=label, like=like, build=build, data=data, sentinels=sentinels
    )


def table_space(
    raw: pd.DataFrame,
    path: str | Path,
    *,
    key: str | None = None,
    label: str | None = None,
    like: Mapping[str, Any] | None = None,
    build: "Callable[..., nn.Module] | None" = None,
    data: DataShape | None = None,
    sentinels: Sequence[float] = (),
) -> tuple[TableSpace, list[str]]:
    """`read_table_space` of a table that `read_table` gave, or of texts; ``path`` is its name in messages."""
    declared = tuple(sentinels) if like is None else tuple(like.get("sentinels", ()))
    failing = (SENTINEL, *sentinels, *declared)
    if like is None:
        key = _key_of(raw, key, path)
        names, notes = _described_by(raw, key, label, path)
        columns = {}
        for name in names:
            column, note = _free_column(raw, name, failing)
            if column is not None and not column.words and all(value is None for value in column.values):
                column, note = None, f"column {name!r} is blank in every row, left out"
            if column is None:
                notes.append(f"{path}: {note}")
            else:
                columns[name] = column
        if not columns:
            raise TableError(
                f"{path}: no column describes the architectures; columns: {', '.join(map(str, raw))}"
            )
    else:
        key, notes = like["key"], []
        columns = {}
        for name, words in like["options"].items():
            if name not in raw:
                raise TableError(f"{path}: no column {name!r}, which the ranker was trained on")
            columns[name] = (
                _Column(_words(raw, name), tuple(words)) if words else _numbers(raw, name, path, failing)
            )
            notes += _strangers(name, columns[name], path)
        if key is not None and key not in raw:
            raise TableError(f"{path}: no column {key!r} with the names of the architectures")
    every = zip(*(column.values for column in columns.values()), strict=True)
    rows = [dict(zip(columns, cells, strict=True)) for cells in every]
    options = {name: column.words for name, column in columns.items()}
    found, repeated = _by_name(raw, rows, TableSpace(options, key=key), path)
    if repeated:
        notes.append(f"{path}: {repeated} repeated architectures left out, {len(found)} remain")
    failed = {name: column.failed for name, column in columns.items() if column.failed}
    if line := failures_line(failed):
        notes.append(f"{path}: {line}")
    space = TableSpace(
        options,
        found,
        key=key,
        source=str(path),
        build=build,
        data=data,
        sentinels=declared,
        failed=failed,
    )
    return space, notes


def _key_of(raw: pd.DataFrame, key: str | None, path: str | Path) -> str | None:
    if key is None:
        return "arch" if "arch" in raw else None
    if key not in raw:
        raise unknown("column of --id", key, list(raw), where=str(path), error=TableError)
    if key != "arch" and "arch" in raw:
        raise TableError(f"{path}: --id {key}, but there is a column arch too; drop or rename one of them")
    return key


def _described_by(
    raw: pd.DataFrame, key: str | None, label: str | None, path: str | Path
) -> tuple[list[str], list[str]]:
    """Columns that describe an architecture, and what is said of the others."""
    names = list(map(str, raw))
    numbers = [name for name in names if name != key and _is_row_number(raw, name)]
    bare = [*raw.attrs.get(LEFT_OUT, ()), *numbers]
    notes = [f"{path}: column {name!r} holds row numbers, left out" for name in bare]
    if label in raw:
        notes.append(f"{path}: column {label!r} is the label, left out")
    return [name for name in names if name not in (key, label, *numbers)], notes


def _is_row_number(raw: pd.DataFrame, name: str) -> bool:
    """Whether a column is a bare index: no header, or pandas' stand-in for one, or ``index`` that counts."""
    if _ROW_NUMBER.fullmatch(name):
        return True
    numbers = [parse_number(cell) for cell in raw[name]] if name == "index" else [None]
    return any(numbers == list(range(first, first + len(raw))) for first in (0, 1))


def _free_column(raw: pd.DataFrame, name: str, failing: Sequence[float]) -> tuple[_Column | None, str]:
    """A column as numbers where all its cells are, else as words; or why it is left out."""
    numbers = [as_number(cell) for cell in raw[name]]
    words = _words(raw, name)
    if not any(_is_word(*cell) for cell in zip(numbers, words, strict=True)) and (
        any(number is not None for number in numbers) or not any(words)
    ):
        return _number_column(numbers, failing), ""
    different = {word for word in words if word is not None}
    if len(different) > MOST_CATEGORIES or (len(raw) > _FEW_ROWS and len(different) == len(raw)):
        return None, f"column {name!r} has {len(different)} different texts in {len(raw)} rows, left out"
    return _Column(list(words), tuple(sorted(different))), ""


def _numbers(raw: pd.DataFrame, name: str, path: str | Path, failing: Sequence[float]) -> _Column:
    numbers = [as_number(cell) for cell in raw[name]]
    for row, (number, word) in enumerate(zip(numbers, _words(raw, name), strict=True)):
        if _is_word(number, word):
            place = row_place(raw, row, path)
            raise TableError(f"{place}: column {name!r} must hold numbers such as 3, found {word!r}")
    return _number_column(numbers, failing)


def _is_word(number: Choice | None, word: str | None) -> bool:
    """Whether a cell is neither a number nor blank; ``none`` in a column of numbers is blank."""
    return number is None and word is not None and word.lower() not in MISSING_TOKENS


def _number_column(numbers: Sequence[Choice | None], failing: Sequence[float]) -> _Column:
    """Numbers, whole ones as such where all are, for a builder wants ``depth=3``; None where they failed."""
    reasons = [None if n is None else failure(float(n), failing) for n in numbers]
    kept = zip(numbers, reasons, strict=True)
    known = [None if n is None or np.isnan(n) or reason else n for n, reason in kept]
    given = [n for n in known if n is not None]
    failed = Counter(reason for reason in reasons if reason)
    if all(isinstance(n, bool) for n in given):
        return _Column(known, failed=failed)
    whole = all(float(n).is_integer() for n in given)
    return _Column([None if n is None else int(n) if whole else float(n) for n in known], failed=failed)


def _words(raw: pd.DataFrame, name: str) -> list[str | None]:
    """Texts of a column, None where blank."""
    texts = ("" if cell is None or cell is pd.NA else str(cell).strip() for cell in raw[name])
    return [None if text.lower() in _BLANK else text for text in texts]


_BLANK = MISSING_TOKENS - {"none"}
"""Blank cells in a column of words, where ``none`` is a category as good as ``batch``."""


def _strangers(name: str, column: _Column, path: str | Path) -> list[str]:
    """One line on the words of a column that the ranker's table did not have."""
    strange = [word for word in column.values if column.words and word not in (None, *column.words)]
    if not strange:
        return []
    kinds = ", ".join(sorted({str(word) for word in strange})[:5])
    known = ", ".join(column.words[:10])
    return [f"{path}: {len(strange)} rows have no value of {name}: {kinds} not among {known}"]


def _by_name(
    raw: pd.DataFrame, rows: Sequence[Row], space: TableSpace, path: str | Path
) -> tuple[dict[str, Row], int]:
    """Rows by the architecture's name, and how many repeat one."""
    found: dict[str, Row] = {}
    first: dict[str, int] = {}
    texts = map(row_name, rows) if space.key is None else raw[space.key]
    for i, (text, row) in enumerate(zip(texts, rows, strict=True)):
        try:
            name = str(text) if space.key is None else space.parse(text)
        except ArchitectureError as error:
            raise TableError(f"{row_place(raw, i, path)}: {error}") from None
        if name in found and found[name] != row:
            before = row_place(raw, first[name], path)
            raise TableError(f"{row_place(raw, i, path)}: {name} has other values than before ({before})")
        found.setdefault(name, row)
        first.setdefault(name, i)
    return found, len(rows) - len(found)

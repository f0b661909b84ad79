"""Architectures that a user lists in a file, with the columns that stand beside them."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.arch_files import arch_texts, read_archs
from proxyrank.common.errors import TableError
from proxyrank.common.numeric import numeric_column
from proxyrank.common.tabular import is_table, read_table, row_place
from proxyrank.spaces.abilities import arch_columns
from proxyrank.spaces.base import SearchSpace, parse_all


@dataclass(frozen=True, eq=False)
class Candidates:
    """Architectures in their exact spelling, each once, in the order of the file.

    Attributes
    ----------
    archs
        The architectures.
    path
        File they come from; empty where they come from none.
    repeated
        Rows left out because their architecture stood in an earlier one.
    """

    archs: tuple[str, ...]
    path: str = ""
    repeated: int = 0
    _table: pd.DataFrame = field(default_factory=pd.DataFrame)
    _rows: tuple[int, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Names of the other columns of the file."""
        return [name for name in self._table.columns if name != "arch"]

    @property
    def notes(self) -> list[str]:
        """What happened on reading, a line each."""
        if not self.repeated:
            return []
        left = f"{self.repeated} repeated architectures left out, {len(self.archs)} remain"
        return [f"{self.path}: {left}"]

    def numbers(self, column: str) -> pd.Series:
        """Numbers of one of the other columns, NaN where blank; index ``arch``.

        Raises
        ------
        TableError
            If there is no such column, or at the first text in it that is not a number.
        """
        if column not in self.columns:
            known = ", ".join(self.columns) or "none"
            raise TableError(f"{self.path or 'no file'}: no column {column!r} beside arch; columns: {known}")
        values = numeric_column(self._table, column, self.path)[list(self._rows)]
        return pd.Series(values, index=pd.Index(self.archs, name="arch"), dtype=np.float64)


def read_candidates(space: SearchSpace, path: str | Path) -> Candidates:
    """Read a text file with one architecture per line, or a CSV/parquet file with a column ``arch``.

    Parameters
    ----------
    space
        The space they must belong to.
    path
        The file.

    Raises
    ------
    ProxyrankError
        If the file is missing or damaged, or at the first line that is no architecture of the space.
    """
    table = pd.DataFrame()
    if is_table(path):
        table = read_table(path, "--archs")
        texts = arch_texts(table, path, arch_columns(space))
        found = [(text, row_place(table, row, path)) for row, text in enumerate(texts)]
        table = table.drop(columns=list(arch_columns(space)), errors="ignore")
    else:
        found = read_archs(path)
    exact = parse_all(space, [text for text, _ in found], lambda i: found[i][1])
    first: dict[str, int] = {}
    for row, arch in enumerate(exact):
        first.setdefault(arch, row)
    return Candidates(tuple(first), str(path), len(exact) - len(first), table, tuple(first.values()))

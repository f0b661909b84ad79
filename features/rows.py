"""Rows with reasons: the values of some architectures, and why single ones are missing.

This is the one form that computed, cached, shipped and extracted values have. In a file the reasons of a row
are JSON text in the column `STATUS`; nothing else reads or writes that column.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

Reasons = dict[str, dict[str, str]]
"""Column -> architecture -> why the value is missing."""

STATUS = "__status__"
"""Column of a file that holds, as JSON, why values are missing (column -> reason); blank where none is."""


def arch_index(archs: Iterable[str]) -> pd.Index:
    """Index ``arch`` of the architectures."""
    return pd.Index(list(archs), name="arch", dtype="str")


@dataclass(frozen=True)
class Rows:
    """Values and the reasons of gaps.

    Attributes
    ----------
    values
        float64 columns, index ``arch`` without repeats; NaN is a missing value.
    reasons
        Column -> architecture -> why the value is missing; gaps that are not listed have no reason given.
    """

    values: pd.DataFrame
    reasons: Reasons = field(default_factory=dict)

    @classmethod
    def gaps(cls, archs: Sequence[str], columns: Sequence[str], reason: str) -> "Rows":
        """Nothing but gaps, all for one reason."""
        values = pd.DataFrame(np.nan, index=arch_index(archs), columns=list(columns), dtype=np.float64)
        return cls(values, {column: dict.fromkeys(archs, reason) for column in columns} if len(archs) else {})

    @classmethod
    def concat(cls, parts: Sequence["Rows"]) -> "Rows":
        """Put rows of different architectures below each other; a column that a part lacks is a gap there."""
        reasons: Reasons = {}
        for part in parts:
            for column, of_column in part.reasons.items():
                reasons.setdefault(column, {}).update(of_column)
        filled = [part.values for part in parts if len(part.values)] or [part.values for part in parts[:1]]
        return cls(pd.concat(filled), reasons)

    @classmethod
    def join(cls, parts: Sequence["Rows"]) -> "Rows":
        """Put columns of the same architectures side by side, in the order of the first part's rows."""
        values = [part.values.reindex(parts[0].values.index) for part in parts]
        return cls(pd.concat(values, axis=1), {c: r for part in parts for c, r in part.reasons.items()})

    def columns(self, names: Iterable[str]) -> "Rows":
        """Some of the columns, in the given order."""
        chosen = list(names)
        return Rows(self.values[chosen], {c: self.reasons[c] for c in chosen if c in self.reasons})

    def archs(self, archs: Sequence[str]) -> "Rows":
        """Some of the rows, in the given order."""
        return self.copied({arch: arch for arch in archs})

    def copied(self, sources: Mapping[str, str]) -> "Rows":
        """Rows of architectures (the keys), each taken from one of these rows."""
        values = self.values.loc[list(sources.values())].set_axis(arch_index(sources))
        reasons = {
            column: {arch: own[source] for arch, source in sources.items() if source in own}
            for column, own in self.reasons.items()
        }
        return Rows(values, {column: own for column, own in reasons.items() if own})

    def complete(self) -> "Rows":
        """The same with infinities as gaps, and a reason for every gap and for nothing else."""
        array = self.values.to_numpy(dtype=np.float64, copy=True)
        infinite = np.isinf(array)
        array[infinite] = np.nan
        archs, reasons = [str(arch) for arch in self.values.index], Reasons()
        for i in np.flatnonzero(np.isnan(array).any(axis=0)).tolist():
            column = str(self.values.columns[i])
            given = self.reasons.get(column, {})
            reasons[column] = {
                archs[row]: given.get(archs[row], "infinite" if infinite[row, i] else "no value")
                for row in np.flatnonzero(np.isnan(array[:, i])).tolist()
            }
        return Rows(pd.DataFrame(array, index=self.values.index, columns=self.values.columns), reasons)

    def to_frame(self) -> pd.DataFrame:
        """One frame for a file: ``arch``, the columns, `STATUS`."""
        texts: Reasons = {}
        for column, of_column in self.reasons.items():
            for arch, reason in of_column.items():
                texts.setdefault(arch, {})[column] = reason
        written = [json.dumps(texts[arch]) if arch in texts else "" for arch in self.values.index]
        status = pd.Series(written, index=self.values.index, dtype="str", name=STATUS)
        return pd.concat([self.values, status], axis=1).reset_index()

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> "Rows":
        """Rows of a frame that `to_frame` made.

        Raises
        ------
        ValueError
            If it has other columns or types, or an architecture occurs twice.
        """
        rows = frame.set_index("arch")
        values = rows.drop(columns=STATUS)
        if list(rows.columns[-1:]) != [STATUS] or not rows.index.is_unique:
            raise ValueError(f"expected one row per architecture and {STATUS} as the last column")
        if any(dtype != np.float64 for dtype in values.dtypes):
            raise ValueError("expected float64 columns")
        reasons: Reasons = {}
        for arch, text in rows.loc[rows[STATUS] != "", STATUS].items():
            for column, reason in json.loads(text).items():
                reasons.setdefault(column, {})[str(arch)] = reason
        return cls(values, reasons)

    def write(self, path: Path) -> None:
        """Write them as a parquet file with checksums."""
        self.to_frame().to_parquet(path, index=False, write_page_checksum=True)

    @classmethod
    def read(cls, path: Path) -> "Rows":
        """Read what `write` wrote; whatever was damaged since is an error."""
        return cls.of_frame(pd.read_parquet(path, page_checksum_verification=True))


def ordered(reasons: Mapping[str, Mapping[str, str]], values: pd.DataFrame) -> Reasons:
    """The reasons column by column and row by row as in the table, whatever order they were found in."""
    place = {arch: i for i, arch in enumerate(values.index)}
    return {
        str(column): dict(sorted(reasons[column].items(), key=lambda item: place.get(item[0], len(place))))
        for column in values.columns
        if reasons.get(column)
    }


def count_reasons(reasons: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, int]]:
    """Column -> reason -> number of missing values."""
    counts: dict[str, dict[str, int]] = {}
    for column, of_column in reasons.items():
        for reason in of_column.values():
            counts.setdefault(column, {}).setdefault(reason, 0)
            counts[column][reason] += 1
    return counts

"""Feature tables: one row an architecture, one column a feature, and a sidecar that states every setting."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from proxyrank.common.errors import TableError
from proxyrank.common.files import atomic_path, dump_json
from proxyrank.common.records import read_record
from proxyrank.common.tabular import arch_texts, json_safe, numeric_column, read_table, write_table
from proxyrank.common.version import own_version

FORMAT = "proxyrank-features/1"


class GroupInfo(BaseModel):
    """Where some columns come from.

    Attributes
    ----------
    version
        Version of the feature group; 0 for a user's columns.
    columns
        Their names.
    settings
        Every setting that the values depend on.
    source
        ``computed``, or the name of the file they were read from.
    """

    model_config = ConfigDict(extra="forbid")

    version: int
    columns: list[str]
    settings: dict[str, Any] = Field(default_factory=dict)
    source: str = "computed"


class Sidecar(BaseModel):
    """What a feature table is, beside its numbers.

    Attributes
    ----------
    format, proxyrank
        Format of the file and version of the package that wrote it.
    space
        Name of the search space.
    groups
        The columns by group.
    status
        Column -> architecture -> why the value is missing; gaps that are not listed had no value given.
    forced
        Differences of settings that were overridden when tables were joined.
    """

    model_config = ConfigDict(extra="forbid")

    format: str = FORMAT
    proxyrank: str = Field(default_factory=own_version)
    space: str
    groups: dict[str, GroupInfo]
    status: dict[str, dict[str, str]] = Field(default_factory=dict)
    forced: list[str] = Field(default_factory=list)


@dataclass
class FeatureTable:
    """A frame and its sidecar.

    Attributes
    ----------
    frame
        float64 columns, index ``arch`` without repeats; NaN is a missing value, infinities do not occur.
    sidecar
        Groups, settings and the reasons of missing values.
    """

    frame: pd.DataFrame
    sidecar: Sidecar

    @property
    def columns(self) -> list[str]:
        """Names of the features."""
        return list(self.frame.columns)

    def reason(self, arch: str, column: str) -> str | None:
        """Why a value is missing; None where it is not."""
        if arch in self.frame.index and self.frame[column].notna()[arch]:
            return None
        return self.sidecar.status.get(column, {}).get(arch, "no value given")

    def missing_counts(self) -> dict[str, dict[str, int]]:
        """Count missing values by column and reason; columns without any are left out."""
        gaps = self.frame.isna()
        counts: dict[str, dict[str, int]] = {}
        for column in gaps.columns[gaps.any()]:
            status = self.sidecar.status.get(column, {})
            for arch in gaps.index[gaps[column]]:
                reason = status.get(arch, "no value given")
                of_column = counts.setdefault(column, {})
                of_column[reason] = of_column.get(reason, 0) + 1
        return counts

    def write(self, path: str | Path) -> None:
        """Write the table (parquet or CSV, by suffix) and its sidecar; each file appears whole or not at all.

        Raises
        ------
        TableError
            If the suffix is unknown.
        ProxyrankError
            If the folder does not exist.
        """
        with atomic_path(sidecar_path(path)) as temporary:
            text = dump_json(json_safe(self.sidecar.model_dump()))
            temporary.write_text(text, encoding="utf-8", newline="\n")
            write_table(self.frame.reset_index(), path)

    @classmethod
    def read(cls, path: str | Path) -> "FeatureTable":
        """Read what `write` wrote.

        Raises
        ------
        TableError
            If a file is missing or damaged, or the two do not belong together.
        """
        frame = read_table(path)
        sidecar = read_sidecar(sidecar_path(path))
        archs = arch_texts(frame, path)
        columns = [name for name in frame.columns if name != "arch"]
        stated = [name for group in sidecar.groups.values() for name in group.columns]
        if sorted(columns) != sorted(stated):
            odd = sorted(set(columns) ^ set(stated)) or stated
            raise TableError(
                f"{path}: its columns are not those of {sidecar_path(path)}: {', '.join(odd[:5])}"
            )
        values = {name: numeric_column(frame, name, path) for name in columns}
        table = pd.DataFrame(values, index=pd.Index(archs, name="arch", dtype="str"), columns=columns)
        if not table.index.is_unique:
            raise TableError(f"{path}: {table.index[table.index.duplicated()][0]} occurs more than once")
        return cls(table, sidecar)


def sidecar_path(path: str | Path) -> Path:
    """``T.json`` for ``T.parquet`` or ``T``, ``T.csv.json`` for ``T.csv``."""
    path = Path(path)
    return (
        path.with_suffix(".json")
        if path.suffix.lower() in ("", ".parquet")
        else path.with_name(path.name + ".json")
    )


def read_sidecar(path: Path) -> Sidecar:
    """Read the sidecar alone.

    Raises
    ------
    TableError
        If it is missing, damaged or of another format.
    """
    if not path.is_file():
        raise TableError(f"{path}: no such file; it states the settings of the feature table beside it")
    return read_record(path, Sidecar, format=FORMAT, what="the sidecar of a feature table", error=TableError)

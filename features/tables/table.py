"""Feature tables: a row per architecture, a column per feature, a sidecar that states every setting."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from proxyrank.common.arch_files import arch_texts
from proxyrank.common.errors import TableError
from proxyrank.common.files import atomic_path, dump_json
from proxyrank.common.numeric import numeric_column
from proxyrank.common.tabular import json_safe, read_table, write_table
from proxyrank.features.rows import Rows, arch_index, count_reasons
from proxyrank.features.tables.sidecar import Sidecar
from proxyrank.features.tables.sidecar_file import read_sidecar, refuse_stranger, sidecar_path


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
    def rows(self) -> Rows:
        """The values with the reasons of gaps."""
        return Rows(self.frame, self.sidecar.status)

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
        return count_reasons(
            {
                str(column): {arch: self.reason(arch, column) or "" for arch in gaps.index[gaps[column]]}
                for column in gaps.columns[gaps.any()]
            }
        )

    def write(self, path: str | Path) -> None:
        """Write the table (parquet or CSV, by suffix) and its sidecar; each file appears whole or not at all.

        Raises
        ------
        TableError
            If the suffix is unknown, or another file than a sidecar has the sidecar's name.
        ProxyrankError
            If the folder does not exist.
        """
        refuse_stranger(path)
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
        table = pd.DataFrame(values, index=arch_index(archs), columns=columns)
        if not table.index.is_unique:
            raise TableError(f"{path}: {table.index[table.index.duplicated()][0]} occurs more than once")
        return cls(table, sidecar)

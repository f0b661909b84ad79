"""Feature tables: a row per architecture, a column per feature, a sidecar that states every setting."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from proxyrank.common.errors import TableError
from proxyrank.common.files import atomic_path, dump_json
from proxyrank.common.records import read_record
from proxyrank.common.tabular import arch_texts, json_safe, numeric_column, read_table, write_table
from proxyrank.common.version import own_version
from proxyrank.features.rows import Rows, arch_index, count_reasons
from proxyrank.features.settings import FeatureSettings

FORMAT = "proxyrank-features/2"
FORMATS = ("proxyrank-features/1", FORMAT)
"""Formats that are read. The first stated one version and one set of settings per group."""

_FACTS_OF_FORMAT_1 = ("init", "batch_norm")


class FamilyInfo(BaseModel):
    """Columns of a group that were made alike.

    Attributes
    ----------
    columns
        Their names.
    version
        Version of the column families; 0 for a user's columns.
    settings
        Every setting that the values depend on, as they were made; others are at their defaults.
    facts
        What else people should know about the values.
    shared
        Whether equal networks were given the values of one of them.
    """

    model_config = ConfigDict(extra="forbid")

    columns: list[str]
    version: int = 0
    settings: FeatureSettings = FeatureSettings()
    facts: dict[str, str] = Field(default_factory=dict)
    shared: bool = False

    @field_serializer("settings")
    def _stated(self, settings: FeatureSettings) -> dict[str, Any]:
        return settings.stated()

    def difference(
        self, other: "FamilyInfo", names: Iterable[str] | None = None
    ) -> tuple[str, Any, Any] | None:
        """What was made otherwise: ``version``, ``share`` or a setting, here and there; None if nothing.

        Parameters
        ----------
        other
            Compared with.
        names
            Settings that matter; None takes those that either states.
        """
        pairs = {"version": (self.version, other.version), "share": (self.shared, other.shared)}
        stated = self.settings.model_fields_set | other.settings.model_fields_set
        wanted = stated if names is None else set(names)
        for name in FeatureSettings.model_fields:
            if name in wanted:
                pairs[name] = getattr(self.settings, name), getattr(other.settings, name)
        return next(((name, here, there) for name, (here, there) in pairs.items() if here != there), None)


class GroupInfo(BaseModel):
    """Where the columns of a group come from.

    Attributes
    ----------
    families
        The columns, together where they were made alike.
    source
        ``computed``, or the name of the file they were read from.
    """

    model_config = ConfigDict(extra="forbid")

    families: list[FamilyInfo]
    source: str = "computed"

    @property
    def columns(self) -> list[str]:
        """Names of all columns."""
        return [column for family in self.families for column in family.columns]

    def family_of(self, column: str) -> FamilyInfo:
        """The family that holds a column."""
        return next(family for family in self.families if column in family.columns)

    @classmethod
    def of(cls, columns: Iterable[str], *, source: str, version: int = 0) -> Self:
        """A group of columns that were all made alike, without settings."""
        return cls(families=[FamilyInfo(columns=list(columns), version=version)], source=source)

    @model_validator(mode="before")
    @classmethod
    def _of_format_1(cls, raw: Any) -> Any:
        """Read a group that states one version and one set of settings, facts among them."""
        if not isinstance(raw, Mapping) or "families" in raw:
            return raw
        rest = dict(raw)
        settings = dict(rest.pop("settings", {}))
        family = {
            "facts": {name: settings.pop(name) for name in _FACTS_OF_FORMAT_1 if name in settings},
            "shared": settings.pop("share", False),
            "settings": settings,
        }
        family |= {name: rest.pop(name) for name in ("columns", "version") if name in rest}
        return {"families": [family], **rest}


class Sidecar(BaseModel):
    """What a feature table is, beside its numbers.

    Attributes
    ----------
    format, proxyrank
        Format of the file and version of the package that wrote it.
    space
        Name of the search space.
    hyperparameters
        Columns and categories of a table of a user's own networks; None for other spaces.
    groups
        The columns by group, and how they were made.
    status
        Column -> architecture -> why the value is missing; gaps that are not listed had no value given.
    forced
        Differences of settings that were overridden when tables were joined.
    """

    model_config = ConfigDict(extra="forbid")

    format: str = FORMAT
    proxyrank: str = Field(default_factory=own_version)
    space: str
    hyperparameters: dict[str, Any] | None = None
    groups: dict[str, GroupInfo]
    status: dict[str, dict[str, str]] = Field(default_factory=dict)
    forced: list[str] = Field(default_factory=list)

    @field_validator("format")
    @classmethod
    def _current(cls, found: str) -> str:
        """What was read is of the current model, whatever the format of the file."""
        return FORMAT

    @model_serializer(mode="wrap")
    def _short(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without hyperparameters where there are none, as every table was written before."""
        fields: dict[str, Any] = serialise(self)
        if self.hyperparameters is None:
            fields.pop("hyperparameters", None)
        return fields


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


def sidecar_path(path: str | Path) -> Path:
    """``T.json`` for ``T.parquet`` or ``T``, ``T.csv.json`` for ``T.csv``."""
    path = Path(path)
    return (
        path.with_suffix(".json")
        if path.suffix.lower() in ("", ".parquet")
        else path.with_name(path.name + ".json")
    )


def refuse_stranger(path: str | Path) -> None:
    """Refuse to write a table whose sidecar would replace a file that is no sidecar.

    Raises
    ------
    TableError
        Naming the file.
    """
    sidecar = sidecar_path(path)
    if not sidecar.exists():
        return
    try:
        found = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not (isinstance(found, dict) and found.get("format") in FORMATS):
        raise TableError(
            f"{path}: its settings are written to {sidecar}, where another file is; choose another name"
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
    return read_record(path, Sidecar, format=FORMATS, what="the sidecar of a feature table", error=TableError)

"""What a feature table states beside its numbers: its groups, their settings, reasons of gaps."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

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

from proxyrank.common.version import own_version
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
    code
        File and SHA-256 of a user's file that builds the networks or is the space (`stated_code`).
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
    code: dict[str, str] | None = None
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
        """Without hyperparameters and code where there are none, as every table was written before."""
        fields: dict[str, Any] = serialise(self)
        for name in ("hyperparameters", "code"):
            if fields.get(name) is None:
                fields.pop(name, None)
        return fields

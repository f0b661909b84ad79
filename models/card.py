"""What a ranker folder says about itself, ``ranker.json``."""

import platform
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from proxyrank.common.version import own_version, version_of
from proxyrank.features import FeatureSettings, GroupInfo
from proxyrank.models.intervals import Intervals

FORMAT = "proxyrank-ranker/2"
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "lightgbm")


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a fit depends on, read without importing them."""
    return {"python": platform.python_version(), **{name: version_of(name) for name in LIBRARIES}}


class LabelCard(BaseModel):
    """The label that was learnt: its column, which direction is better, the file it came from."""

    model_config = ConfigDict(extra="forbid")

    name: str = "label"
    direction: Literal["max", "min"] = "max"
    path: str | None = None


class SplitCard(BaseModel):
    """How the training architectures were chosen."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    train_size: int
    seed: int | None = None
    population: str | None = None


class RankerCard(BaseModel):
    """Everything about a fitted ranker except its trees and its training architectures.

    Attributes
    ----------
    format, proxyrank, libraries
        Format of the folder, versions of this package and of what it was fitted with.
    space, hyperparameters
        Name of the search space, and what it was made with (None for a space without hyperparameters).
    code
        File and SHA-256 of a user's file that builds the networks or is the space (`stated_code`).
    label, split
        What was learnt, and from which part; no split is stated where the caller chose the rows.
    groups
        Feature groups: their columns with versions and settings, and their source.
    pool
        Population that the columns were standardised by, and equal networks averaged in; None where it was
        the training rows, or no matter.
    averaged
        Groups whose columns are means over equal networks of the pool.
    unused
        Groups none of whose columns the model looks at; ranking does not compute them.
    feature_names
        Columns of the model, in its order.
    model, params
        Name of the model and all parameters of the estimator.
    target
        Transform of the label, None for a model that has none.
    score_is_label
        Whether `predicted` is in label units.
    n_train, n_dropped
        Rows used, and rows left out because their label was not finite.
    train_archs_sha256
        Of the file with the training architectures.
    constant
        Whether all training rows get one score; only of rankers from before such a fit was an error.
    intervals
        Prediction intervals; None where they were not asked for, or cannot be (a note says why).
    medians
        Of the columns of a user's own table that no training row lacked: what stands in for gaps.
    notes
        What a person should know, one line each.
    commands
        Command lines that made it, in their order, as they were given but for ``--out`` of the last one.
        None are known of a ranker made in Python.
    """

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    format: str = FORMAT
    proxyrank: str = Field(default_factory=own_version)
    libraries: dict[str, str] = Field(default_factory=library_versions)
    space: str
    hyperparameters: dict[str, Any] | None = None
    code: dict[str, str] | None = None
    label: LabelCard
    split: SplitCard | None = None
    groups: dict[str, GroupInfo]
    pool: str | None = None
    averaged: list[str] = Field(default_factory=list)
    unused: list[str] = Field(default_factory=list)
    feature_names: list[str]
    model: str
    params: dict[str, Any]
    target: str | None
    score_is_label: bool
    n_train: int
    n_dropped: int = 0
    train_archs_sha256: str
    constant: bool = False
    intervals: Intervals | None = None
    medians: dict[str, float] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    commands: list[str] = Field(default_factory=list)

    @field_validator("format")
    @classmethod
    def _current(cls, found: str) -> str:
        """What was read is of the current model, whatever the format of the file."""
        return FORMAT

    @property
    def population(self) -> str:
        """Part of the space that the ranker was trained on; ``all`` where nothing is stated."""
        return (self.split and self.split.population) or "all"

    @property
    def dataset(self) -> str:
        """Data set of the network features or, without such, the label's name."""
        return str(self.settings.stated().get("dataset", self.label.name))

    @property
    def settings(self) -> FeatureSettings:
        """Settings of the features, where all columns that state one agree."""
        stated: dict[str, set[Any]] = {}
        for info in self.groups.values():
            for family in info.families:
                for name in family.settings.model_fields_set:
                    stated.setdefault(name, set()).add(getattr(family.settings, name))
        return FeatureSettings.of({name: values.pop() for name, values in stated.items() if len(values) == 1})

    @property
    def used_columns(self) -> list[str]:
        """The columns that ranking needs: those of the model without the groups that it does not look at."""
        blank = {column for name in self.unused for column in self.groups[name].columns}
        return [name for name in self.feature_names if name not in blank]

"""Feature groups and their column families: names, columns, versions, and how they are computed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features.rows import Rows, arch_index
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces.abilities import require
from proxyrank.spaces.base import SearchSpace

Compute = Callable[[SearchSpace, Sequence[str], FeatureSettings], "Rows | pd.DataFrame"]
"""Space, architectures, settings -> rows of the group in the given order; a bare frame has no reasons."""

ComputeColumns = Callable[[SearchSpace, Sequence[str], Sequence[str], FeatureSettings], Rows]
"""Space, architectures, columns, settings -> rows of these columns."""


@dataclass(frozen=True)
class Family:
    """Columns that one formula makes together: they share a version, settings and facts.

    Values are shipped, cached and compared family by family, so a new family leaves all others in use.

    Attributes
    ----------
    name
        Unique within its group.
    columns
        Names of its values.
    version
        Raised whenever a value changes, so that no table or cache returns an old one.
    settings
        Names of the settings that the values depend on; only these reach the cache key and the sidecar.
    defaults
        Its own defaults, where they are not those of `FeatureSettings`.
    facts
        What people should know about the values and cannot set.
    """

    name: str
    columns: tuple[str, ...]
    version: int = 1
    settings: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if odd := {*self.settings, *self.defaults} - set(FeatureSettings.model_fields):
            raise ValueError(f"{self.name}: no settings of the name {', '.join(sorted(odd))}")

    def resolve(
        self,
        given: FeatureSettings,
        usual: FeatureSettings | None = None,
    ) -> FeatureSettings:
        """What its values depend on: given settings, else its own defaults, else what is usual beside it."""
        return given.filled(self.defaults, usual).only(self.settings)


@dataclass(frozen=True)
class FeatureGroup:
    """Column families that people ask for by one name.

    Attributes
    ----------
    name
        As written in ``--groups``.
    summary
        One line for people.
    needs_network
        Whether networks are built.
    columns
        Names of the columns in a space.
    compute
        The rows of some architectures. It may raise NotApplicableError, which is put down to one architecture
        by calling it again with each alone.
    version, settings
        Of a group that is one family, see `Family`.
    members
        The families of a group that has several; their columns are those of the group, in order.
    equal_by
        Which architectures have equal rows: none but themselves (``arch``), those of one canonical form, or
        those of one function key; one of them is then computed for all.
    as_written
        Whether it is there to tell equal networks apart (dead operations cost time); a fit never averages it
        over equal networks.
    shard_size
        Architectures per call of `compute`.
    compute_columns
        Computes any columns of all groups that name the same function, whose settings agree where they
        overlap: what these groups need in common is then made once. None where there is no such saving.
    needs
        Abilities of the space that it needs besides networks, see `proxyrank.spaces.ABILITIES`.
    """

    name: str
    summary: str
    needs_network: bool
    columns: Callable[[SearchSpace], list[str]]
    compute: Compute
    version: int = 1
    settings: tuple[str, ...] = ()
    members: tuple[Family, ...] = ()
    equal_by: Literal["arch", "canonical", "function"] = "arch"
    as_written: bool = False
    shard_size: int = 512
    compute_columns: ComputeColumns | None = None
    needs: tuple[str, ...] = ()

    def families(self, space: SearchSpace) -> tuple[Family, ...]:
        """Its column families in a space."""
        whole = Family(self.name, tuple(self.columns(space)), self.version, self.settings)
        return self.members or (whole,)

    def require(self, space: SearchSpace) -> None:
        """Refuse a space that lacks what the group needs, or in which it has no columns.

        Raises
        ------
        ProxyrankError
            One line that says what is lacking.
        """
        for ability in ("network",) * self.needs_network + self.needs:
            require(space, ability, f"the feature group {self.name}")
        if not self.columns(space):
            raise ProxyrankError(f"the feature group {self.name} has no columns in the space {space.name}")


GROUPS: dict[str, FeatureGroup] = {}
"""Known groups, in the order in which a ranking's name lists them."""

_ORDER = ("vkdnw", "zcs", "graf", "paths", "cell", "flow")


def register_group(group: FeatureGroup) -> None:
    """Make a group known; the groups of the paper and of this project keep their order, others follow.

    Examples
    --------
    >>> from proxyrank import compute_features, get_space, register_group
    >>> from proxyrank.features import FeatureGroup
    >>> from proxyrank.features.groups import frame_of
    >>> def count(space, archs, settings):
    ...     return frame_of(archs, ["conv_count"], [[arch.count("conv")] for arch in archs])
    >>> register_group(
    ...     FeatureGroup(
    ...         name="mine",
    ...         summary="number of convolutions",
    ...         version=1,
    ...         needs_network=False,
    ...         columns=lambda space: ["conv_count"],
    ...         compute=count,
    ...     )
    ... )
    >>> space = get_space("nb201")
    >>> compute_features(space, space.sample(2, seed=0), ["mine"], cache=False).frame["conv_count"].tolist()
    [1.0, 4.0]
    """
    GROUPS[group.name] = group
    known = [name for name in _ORDER if name in GROUPS]
    ordered = {name: GROUPS[name] for name in [*known, *(name for name in GROUPS if name not in _ORDER)]}
    GROUPS.clear()
    GROUPS.update(ordered)


def get_group(name: str) -> FeatureGroup:
    """Look up a group.

    Raises
    ------
    ProxyrankError
        If there is none; the message names the nearest one and lists all.
    """
    if name not in GROUPS:
        raise unknown("feature group", name, (*GROUPS, "all"))
    return GROUPS[name]


def parse_groups(groups: str | Sequence[str]) -> tuple[str, ...]:
    """Names of groups, each once, in the order of the registry, so that equal choices have equal names.

    Parameters
    ----------
    groups
        Text such as ``"graf,paths"``, ``"vkdnw+zcs"`` or ``"all"`` (the groups of `_ORDER`), or a sequence of
        such texts.

    Raises
    ------
    ProxyrankError
        If a group is unknown or none is named.
    """
    texts = [groups] if isinstance(groups, str) else list(groups)
    names = {token.strip() for text in texts for token in re.split(r"[+,]", text)} - {""}
    if not names:
        raise ProxyrankError(f"no feature group given; known: {', '.join(GROUPS)}, all")
    if "all" in names:
        names = (names - {"all"}) | (set(_ORDER) & set(GROUPS))
    for name in sorted(names):
        get_group(name)
    return tuple(name for name in GROUPS if name in names)


def frame_of(archs: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[float]]) -> pd.DataFrame:
    """float64 frame of the rows, indexed by architecture."""
    array = np.array(rows, dtype=np.float64).reshape(len(archs), len(columns))
    return pd.DataFrame(array, index=arch_index(archs), columns=list(columns))

"""Feature groups: what each is called, which columns it has, and how they are computed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.spaces.base import SearchSpace, has, require

Compute = Callable[[SearchSpace, Sequence[str], Mapping[str, Any]], pd.DataFrame]
"""Space, architectures, settings -> float64 frame indexed by architecture, in the given order."""

ComputeColumns = Callable[[SearchSpace, Sequence[str], Sequence[str], Mapping[str, Any]], pd.DataFrame]
"""Space, architectures, columns, settings -> such a frame of these columns."""


@dataclass(frozen=True)
class FeatureGroup:
    """Columns that are computed together.

    Attributes
    ----------
    name
        As written in ``--groups``.
    summary
        One line for people.
    version
        Raised whenever a value changes, so that no cache returns an old one.
    needs_network
        Whether networks are built; the rows then reach the cache shard by shard.
    columns
        Names of the columns in a space.
    compute
        The rows of some architectures. It may raise NotApplicableError, which is put down to one architecture
        by calling it again with each alone. Where single values are missing it leaves NaN and may say why in
        ``frame.attrs["status"]``, a mapping column -> architecture -> reason.
    equal_by
        Which architectures have equal rows: none but themselves (``arch``), those of one canonical form, or
        those of one function key; one of them is then computed for all.
    defaults
        Settings that change the values, with their defaults. Only these reach `compute`, the cache key and
        the sidecar.
    shard_size
        Architectures a call of `compute`.
    compute_columns
        Computes any columns of all groups that name the same function, whose settings agree where they
        overlap: what these groups need in common is then made once. None where there is no such saving.
    needs
        Abilities of the space that it needs besides networks, see `proxyrank.spaces.ABILITIES`.
    """

    name: str
    summary: str
    version: int
    needs_network: bool
    columns: Callable[[SearchSpace], list[str]]
    compute: Compute
    equal_by: Literal["arch", "canonical", "function"] = "arch"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    shard_size: int = 512
    compute_columns: ComputeColumns | None = None
    needs: tuple[str, ...] = ()

    def resolve(self, settings: Mapping[str, Any] | None) -> dict[str, Any]:
        """Its own settings: the given values over the defaults; the settings of other groups are left out."""
        return {name: (settings or {}).get(name, default) for name, default in self.defaults.items()}

    def require(self, space: SearchSpace) -> None:
        """Refuse a space that lacks what the group needs.

        Raises
        ------
        ProxyrankError
            One line that says what is lacking.
        """
        for ability in ("network",) * self.needs_network + self.needs:
            require(space, ability, f"the feature group {self.name}")


GROUPS: dict[str, FeatureGroup] = {}
"""Known groups, in the order in which a ranking's name lists them."""

_ORDER = ("vkdnw", "zcs", "graf", "paths", "cell", "flow")

_DEFAULTS = (("paths", "cell", "flow"), ("config",))
"""Groups that are taken where none are named: the first ones whose needs the space meets."""


def register_group(group: FeatureGroup) -> None:
    """Make a group known; the groups of the paper and of this project keep their order, others follow."""
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


def default_groups(space: SearchSpace) -> tuple[str, ...]:
    """Groups of a ranking that names none: those read off the graph or, without one, off the options.

    Raises
    ------
    ProxyrankError
        If the space has neither.
    """
    for names in _DEFAULTS:
        if all(has(space, ability) for name in names for ability in GROUPS[name].needs):
            return names
    raise ProxyrankError(
        f"the search space {space.name} has neither graphs nor options to read features off; name the "
        "feature groups, or give a feature table"
    )


def frame_of(archs: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[float]]) -> pd.DataFrame:
    """float64 frame of the rows, indexed by architecture."""
    array = np.array(rows, dtype=np.float64).reshape(len(archs), len(columns))
    return pd.DataFrame(array, index=pd.Index(list(archs), name="arch", dtype="str"), columns=list(columns))

"""Values of wanted columns that exist already, and which of them are still to be made."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.features.rows import Reasons, Rows, arch_index
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.cache import cache_file, read_rows
from proxyrank.features.tables.epsilons import without_epsilons
from proxyrank.features.tables.plan import Part, plan_parts
from proxyrank.features.tables.sharing import shared_sources
from proxyrank.features.tables.shipped import shipped_blocks
from proxyrank.spaces import SearchSpace, identity


class Known:
    """A table that fills up.

    Parameters
    ----------
    archs, columns
        Of the whole table; repeats are dropped.
    """

    def __init__(self, archs: Sequence[str], columns: Sequence[str]) -> None:
        self._index = arch_index(dict.fromkeys(archs))
        self._values = {column: np.full(len(self._index), np.nan) for column in columns}
        self._found = {column: np.zeros(len(self._index), dtype=bool) for column in columns}
        self._reasons: Reasons = {}

    @property
    def found(self) -> pd.DataFrame:
        """Which values are there, as a table of truth values; a gap with its reason is."""
        return pd.DataFrame(self._found, index=self._index, dtype=bool)

    def add(self, rows: Rows) -> None:
        """Take the values that are not there yet; other rows and columns are left."""
        place = self._index.get_indexer(rows.values.index)  # of a shard: far fewer than the table has rows
        own = np.flatnonzero(place >= 0)
        own = own[np.argsort(place[own])]
        for column, found in self._found.items():
            if column not in rows.values:
                continue
            new = own[~found[place[own]]]
            self._values[column][place[new]] = rows.values[column].to_numpy()[new]
            found[place[new]] = True
            if given := rows.reasons.get(column):
                archs = rows.values.index[new]
                self._reasons.setdefault(column, {}).update({a: given[a] for a in archs if a in given})

    def select(self, columns: Sequence[str]) -> "Known":
        """The same table with some of its columns."""
        part = Known(list(self._index), columns)
        part._values = {column: self._values[column] for column in columns}
        part._found = {column: self._found[column] for column in columns}
        part._reasons = {column: self._reasons[column] for column in columns if column in self._reasons}
        return part

    def lacking(self) -> "pd.Series[bool]":
        """Whether a value of an architecture is not there."""
        whole = np.logical_and.reduce(list(self._found.values()), axis=0)
        return pd.Series(~np.broadcast_to(whole, len(self._index)), index=self._index)

    @property
    def rows(self) -> Rows:
        """What is there; the rest is missing without a reason."""
        return Rows(pd.DataFrame(self._values, index=self._index), self._reasons)


def known_rows(space: SearchSpace, archs: Sequence[str], part: Part) -> Known:
    """What the package ships of a part, and what the user's cache holds of the rest."""
    known = Known(archs, part.columns)
    _add_shipped(known, space, part)
    if known.lacking().any() and not part.shared:  # the cache holds an architecture's own values
        file = cache_file(space, part.group.name, part.family, part.settings)
        cached = read_rows(file, part.family.columns)
        if cached is not None:
            known.add(without_epsilons(cached))
    return known


def shipped_parts(space: SearchSpace, archs: Sequence[str], parts: Sequence[Part]) -> Known:
    """What the package ships of planned columns, for some architectures."""
    known = Known(archs, [column for part in parts for column in part.columns])
    for part in parts:
        _add_shipped(known, space, part)
    return known


def _add_shipped(known: Known, space: SearchSpace, part: Part) -> None:
    """Take what the package ships of a part; shared values of others are those of their representative."""
    _add_rows(known, space, part)
    lacking = known.lacking()
    if part.shared and lacking.any():
        sources = shared_sources(space, list(lacking.index[lacking]), part.columns)
        held = Known(list(dict.fromkeys(sources.values())), part.columns)
        _add_rows(held, space, part)
        complete = held.found.all(axis=1)
        known.add(held.rows.copied({arch: source for arch, source in sources.items() if complete[source]}))


def _add_rows(known: Known, space: SearchSpace, part: Part) -> None:
    blocks = shipped_blocks(identity(space), part.columns, part.family, part.settings, shared=part.shared)
    for block in blocks:
        known.add(block)


def shipped_rows(
    space: SearchSpace,
    archs: Sequence[str],
    groups: str | Sequence[str],
    *,
    settings: FeatureSettings | Mapping[str, Any] | None = None,
    share: bool = False,
    prefer_shipped: bool = False,
) -> Known:
    """What the package ships of groups, for some architectures; the options are those of `plan_parts`.

    Returns
    -------
    Known
        ``rows`` are the values, ``found`` says which of them are shipped. Columns that no table holds are
        left out.

    Raises
    ------
    ProxyrankError
        If a group or a setting is unknown.
    """
    parts = plan_parts(space, groups, settings, share=share, prefer_shipped=prefer_shipped)
    known = shipped_parts(space, archs, parts)
    found = known.found
    return known.select(list(found.columns[found.any()]))

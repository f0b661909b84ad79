"""The rows and columns that a ranker needs, found by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from proxyrank.common.errors import ArchitectureError, ProxyrankError, TableError
from proxyrank.common.tabular import json_safe
from proxyrank.features import GROUPS, FeatureTable, GroupInfo, compute_features
from proxyrank.models.card import RankerCard
from proxyrank.models.inputs.pool import averaged_features
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, installed_space, parse_all, space_names

_SPELLINGS = {"SuperConv": "MobileNetV2"}
"""How an architecture begins -> name of its space, for spaces that may not be installed."""


def parse_own(space: SearchSpace, archs: Iterable[Any]) -> list[str]:
    """Exact spellings of architectures of the ranker's space.

    Raises
    ------
    ArchitectureError
        At the first that is none; if it belongs to another space the message names both.
    """
    texts = list(archs)
    try:
        return parse_all(space, texts, lambda i: f"architecture {i + 1} of {len(texts)}")
    except ArchitectureError:
        for text in texts:
            other = _space_of(text, space.name)
            if other is not None:
                raise ArchitectureError(
                    f"this ranker is of the search space {space.name}, it cannot rank {text}, "
                    f"an architecture of {other}"
                ) from None
        raise


def _space_of(text: Any, own: str) -> str | None:
    for name in space_names(installed=False):  # no foreign package is imported for a message
        if name != own:
            try:
                installed_space(name).parse(text)
            except ArchitectureError:
                continue
            return name
    found = (name for start, name in _SPELLINGS.items() if str(text).strip().startswith(start))
    return next(found, None)


def compute_groups(
    space: SearchSpace,
    archs: Sequence[str],
    groups: Mapping[str, GroupInfo],
    pool: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Columns of groups as they were computed for the ranker.

    Parameters
    ----------
    space, archs
        Whose columns.
    groups
        The ranker's.
    pool
        Group -> population over whose equal networks its columns are averaged.

    Raises
    ------
    TableError
        If a group came from a user's table, or its version is not the one of this package.
    """
    for name, info in groups.items():
        if info.source != "computed" or name not in GROUPS:
            raise TableError(
                f"this ranker needs the columns of {info.source} ({', '.join(info.columns[:5])}"
                f"{', ...' if len(info.columns) > 5 else ''}): give a feature table that has them"
            )
        _check_same(name, info, GROUPS[name].version, GROUPS[name].resolve(info.settings), "this proxyrank")
    return pd.concat([_columns(space, archs, name, groups[name], pool or {}) for name in groups], axis=1)


def _columns(
    space: SearchSpace, archs: Sequence[str], name: str, info: GroupInfo, pool: Mapping[str, str]
) -> pd.DataFrame:
    if name in pool:
        return averaged_features(space, archs, name, info.settings, pool[name]).frame
    return compute_features(space, archs, [name], settings=info.settings).frame


def matched_frame(
    space: SearchSpace,
    archs: Sequence[str],
    table: FeatureTable | None,
    card: RankerCard,
) -> tuple[pd.DataFrame, list[str]]:
    """Columns of a ranker from a table (or computed) for the architectures, and the names of ignored ones.

    A group of which the table has no column at all is computed where that is possible; columns that the model
    does not look at stay empty.

    Raises
    ------
    TableError
        If a column or an architecture is absent, a header occurs twice, or the table is of another space or
        was computed by other settings.
    """
    groups = {name: info for name, info in card.groups.items() if name not in card.unused}
    blank = {column for name in card.unused for column in card.groups[name].columns}
    names = [name for name in card.feature_names if name not in blank]
    rows, extra = _used_frame(space, archs, table, card, groups, names)
    return rows.reindex(columns=card.feature_names), [name for name in extra if name not in blank]


def _used_frame(
    space: SearchSpace,
    archs: Sequence[str],
    table: FeatureTable | None,
    card: RankerCard,
    groups: Mapping[str, GroupInfo],
    names: Sequence[str],
) -> tuple[pd.DataFrame, list[str]]:
    pool = dict.fromkeys(card.averaged, card.pool or "all")
    if table is None:
        return compute_groups(space, archs, groups, pool)[list(names)], []
    check_table(space, archs, table)
    frame = table.frame
    absent_groups = {
        name: info
        for name, info in groups.items()
        if info.source == "computed" and frame.columns.intersection(info.columns).empty
    }
    for name, info in groups.items():
        other = table.sidecar.groups.get(name)
        if other is not None and info.source == other.source == "computed":
            _check_same(name, info, other.version, other.settings, "the feature table")
    supplied = {column for info in absent_groups.values() for column in info.columns}
    if absent := [name for name in names if name not in frame.columns and name not in supplied]:
        raise TableError(
            f"the feature table lacks {len(absent)} columns of the ranker: {', '.join(absent[:10])}"
        )
    extra = [name for name in frame.columns if name not in set(names)]
    rows = frame.loc[list(archs), [name for name in names if name in frame.columns]]
    if absent_groups:
        rows = pd.concat([rows, compute_groups(space, archs, absent_groups, pool)], axis=1)
    return rows[list(names)], extra


def check_table(space: SearchSpace, archs: Sequence[str], table: FeatureTable) -> None:
    """Refuse a table of another space, with a header twice, or without some of the architectures.

    Raises
    ------
    TableError
        The message names what is wrong.
    """
    if table.sidecar.space != space.name:
        raise TableError(f"feature table of the search space {table.sidecar.space}, expected {space.name}")
    twice = table.frame.columns[table.frame.columns.duplicated()]
    if len(twice):
        raise TableError(f"the feature table has the column {twice[0]!r} more than once")
    absent = [arch for arch in archs if arch not in table.frame.index]
    if absent:
        raise TableError(
            f"{len(absent)} of {len(archs)} architectures are not in the feature table, first: {absent[0]}"
        )


def as_matrix(frame: pd.DataFrame) -> FloatArray:
    """Values [n, d] of a frame, infinities as missing values."""
    values = frame.to_numpy(dtype=np.float64, copy=True)
    values[np.isinf(values)] = np.nan
    return values


def _check_same(name: str, info: GroupInfo, version: int, settings: Mapping[str, Any], whose: str) -> None:
    if version != info.version:
        raise TableError(
            f"feature group {name}: the ranker was trained on version {info.version}, {whose} has version "
            f"{version}; train it again"
        )
    for setting, value in info.settings.items():
        if json_safe(settings.get(setting)) != json_safe(value):
            raise TableError(
                f"feature group {name}: the ranker was trained with {setting} = {value!r}, {whose} has "
                f"{settings.get(setting)!r}"
            )


def check_labels(archs: Sequence[str], labels: ArrayLike) -> FloatArray:
    """Return the labels as an array, one for each architecture, each architecture once.

    Raises
    ------
    ProxyrankError
        If the lengths differ, a label is no number, or an architecture occurs twice.
    """
    try:
        values = np.asarray(labels, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ProxyrankError(f"labels must be numbers ({error})") from None
    if values.shape != (len(archs),):
        raise ProxyrankError(
            f"expected one label for each of {len(archs)} architectures, got shape {values.shape}"
        )
    index = pd.Index(archs)
    if not index.is_unique:
        raise ProxyrankError(f"architecture given twice: {index[index.duplicated()][0]}")
    return values

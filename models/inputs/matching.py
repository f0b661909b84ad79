"""The rows and columns that a ranker needs, found by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.errors import ArchitectureError, TableError
from proxyrank.features import GROUPS, FeatureTable, GroupInfo
from proxyrank.features.tables.compute import compute_parts
from proxyrank.features.tables.plan import stated_parts
from proxyrank.models.card import RankerCard
from proxyrank.models.inputs.pool import averaged_features
from proxyrank.models.inputs.table_checks import _check_same, check_table
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, installed_space, parse_all, space_names


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
    return None


def compute_columns(
    space: SearchSpace,
    archs: Sequence[str],
    groups: Mapping[str, GroupInfo],
    columns: Sequence[str],
    pool: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Columns as they were computed for the ranker; no others are computed.

    Parameters
    ----------
    space, archs
        Whose columns.
    groups
        Groups of the ranker; those without a column that is asked for are not looked at.
    columns
        The columns, of these groups.
    pool
        Group -> population over whose equal networks its columns are averaged.

    Raises
    ------
    TableError
        If a column came from a user's table, or its version is not the one of this package.
    """
    wanted = {name: info for name, info in groups.items() if not set(info.columns).isdisjoint(columns)}
    for name, info in wanted.items():
        if info.source != "computed" or name not in GROUPS:
            raise TableError(
                f"this ranker needs the columns of {info.source} ({', '.join(info.columns[:5])}"
                f"{', ...' if len(info.columns) > 5 else ''}): give a feature table that has them"
            )
        _check_same(space, name, info, None, columns)
    parts = stated_parts(space, wanted, columns)
    averaged = {name: where for name, where in (pool or {}).items() if name in wanted}
    found = []
    for name, population in averaged.items():
        own = [part for part in parts if part.group.name == name]
        found.append(averaged_features(space, archs, own, population).frame)
    plain = [part for part in parts if part.group.name not in averaged]
    if plain:
        found.append(compute_parts(space, archs, plain).frame)
    return pd.concat(found, axis=1)[list(columns)]


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
    rows, extra = _used_frame(space, archs, table, card, card.used_columns)
    return rows.reindex(columns=card.feature_names), [c for c in extra if c not in card.feature_names]


def _used_frame(
    space: SearchSpace,
    archs: Sequence[str],
    table: FeatureTable | None,
    card: RankerCard,
    names: Sequence[str],
) -> tuple[pd.DataFrame, list[str]]:
    pool = dict.fromkeys(card.averaged, card.pool or "all")
    if table is None:
        return compute_columns(space, archs, card.groups, names, pool), []
    check_table(space, archs, table)
    held = set(table.columns)
    supplied = {
        column
        for info in card.groups.values()
        if info.source == "computed" and held.isdisjoint(info.columns)
        for column in info.columns
    }
    for name, info in card.groups.items():
        other = table.sidecar.groups.get(name)
        if other is not None and info.source == other.source == "computed":
            _check_same(space, name, info, other, [column for column in names if column in held])
    if absent := [name for name in names if name not in held and name not in supplied]:
        raise TableError(
            f"the feature table lacks {len(absent)} columns of the ranker: {', '.join(absent[:10])}"
        )
    extra = [name for name in table.columns if name not in set(names)]
    rows = table.frame.loc[list(archs), [name for name in names if name in held]]
    if missing := [name for name in names if name not in held]:
        rows = pd.concat([rows, compute_columns(space, archs, card.groups, missing, pool)], axis=1)
    return rows[list(names)], extra


def as_matrix(frame: pd.DataFrame) -> FloatArray:
    """Values [n, d] of a frame, infinities as missing values; row by row, whatever the frame was made of.

    (Sums over columns that are laid out otherwise end in other digits.)
    """
    values = np.array(frame.to_numpy(dtype=np.float64), order="C")
    values[np.isinf(values)] = np.nan
    return values

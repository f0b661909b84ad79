"""A user's table and labels against what a ranker was trained on."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.features import GROUPS, FeatureTable, GroupInfo
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace


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


def _check_same(
    space: SearchSpace, name: str, info: GroupInfo, other: GroupInfo | None, columns: Sequence[str]
) -> None:
    """Refuse columns of a group that a table (None: this package) has otherwise than the ranker had them."""
    families = GROUPS[name].families(space) if name in GROUPS else ()
    family_of = {column: family for family in families for column in family.columns}
    for column in columns:
        if column not in info.columns or (other is not None and column not in other.columns):
            continue
        ours, own = info.family_of(column), family_of.get(column)
        if other is not None:
            found = ours.difference(other.family_of(column), own.settings if own else None)
        elif own is None:
            raise TableError(
                f"feature group {name}: the ranker needs the column {column}, which this proxyrank does not "
                "have; give a feature table that has it"
            )
        else:
            found = ours.difference(ours.model_copy(update={"version": own.version}))
        whose = "this proxyrank" if other is None else "the feature table"
        match found:
            case "version", before, now:
                raise TableError(
                    f"feature group {name}: the ranker was trained on version {before} of {column}, {whose} "
                    f"has version {now}; train it again"
                )
            case what, before, now:
                raise TableError(
                    f"feature group {name}: the ranker was trained with {what} = {before!r} ({column}), "
                    f"{whose} has {now!r}"
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

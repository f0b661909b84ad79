"""Computed features that a model is fitted to, means over equal networks among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proxyrank.features import FeatureSettings, FeatureTable
from proxyrank.features.tables.compute import compute_parts
from proxyrank.features.tables.plan import plan_parts
from proxyrank.models.inputs.pool import averageable, may_average, pool_features, pool_of
from proxyrank.spaces import SearchSpace


@dataclass(frozen=True)
class TrainingTable:
    """Features that a model is fitted to, and what they are.

    Attributes
    ----------
    features
        The training rows first, then those of the pool.
    pool
        Population of the pool, None where it is the training rows.
    averaged
        Groups whose columns are means over equal networks of the pool.
    """

    features: FeatureTable
    pool: str | None = None
    averaged: tuple[str, ...] = ()


def training_table(
    space: SearchSpace,
    train: Sequence[str],
    groups: Sequence[str],
    settings: FeatureSettings | Mapping[str, Any] | None,
    *,
    population: str | None,
    wide: bool,
    average: Sequence[str] | None = (),
    columns: Collection[str] | None = None,
) -> TrainingTable:
    """Computed features of the training rows and, ``wide``, of the rest of the pool.

    Parameters
    ----------
    space, train, groups
        What is trained on.
    settings
        Of the groups; column by column the shipped tables' where they leave one open.
    population
        The pool that is asked for, see `pool_of`.
    wide
        Whether the model looks at a pool.
    average
        Groups whose columns are means over equal networks of the pool, where they can be (`averageable`);
        None takes all.
    columns
        Only these of the groups' columns; None takes all.
    """
    parts = plan_parts(space, groups, settings, prefer_shipped=True)
    wanted = average is None or set(average) & {part.group.name for part in parts}
    pool = pool_of(space, train, population) if wide or (wanted and may_average(parts)) else None
    able = averageable(space, parts, pool) if wanted and pool else []
    averaged = tuple(name for name in able if average is None or name in average)
    if pool is None or not (wide or averaged):
        return TrainingTable(_narrowed(compute_parts(space, train, parts), columns))
    features = pool_features(space, train, parts, pool, averaged, wide=wide)
    return TrainingTable(_narrowed(features, columns), pool, averaged)


def _narrowed(table: FeatureTable, columns: Collection[str] | None) -> FeatureTable:
    if columns is None:
        return table
    return FeatureTable(table.frame[[name for name in table.columns if name in columns]], table.sidecar)

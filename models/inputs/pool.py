"""The architectures without labels: what columns are standardised by, and equal networks averaged over.

Graph features that tell equal networks apart (GRAF reads the raw cell) are averaged over the members of a
class of equal networks within the pool. The average of an architecture depends on it and on the pool only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable, compute_features, get_group, join_tables, shipped_rows
from proxyrank.spaces import SearchSpace, equality_key, has, populations, require


def pool_of(space: SearchSpace, train: Sequence[str], population: str | None) -> str | None:
    """Population that the pool is: the one asked for, else the smallest that holds all of ``train``.

    None where the space cannot be listed; the training architectures are the pool then.
    """
    if not has(space, "archs"):
        return None
    return population or _smallest(space, train)


def _listed(space: SearchSpace, population: str) -> Sequence[str]:
    return require(space, "archs", "a pool").archs(population)


def _smallest(space: SearchSpace, train: Sequence[str]) -> str | None:
    found: list[tuple[int, str]] = []
    for name in populations(space):
        try:
            archs = _listed(space, name)
        except ProxyrankError:
            continue
        if set(train) <= set(archs):
            found.append((len(archs), name))
    return min(found)[1] if found else None


def averageable(groups: Sequence[str]) -> list[str]:
    """Groups whose columns are averaged: cheap ones that tell equal networks apart."""
    return [
        name for name in groups if not get_group(name).needs_network and get_group(name).equal_by == "arch"
    ]


def pool_features(
    space: SearchSpace,
    train: Sequence[str],
    groups: Sequence[str],
    settings: Mapping[str, Any],
    population: str,
) -> FeatureTable:
    """Features of the training architectures and of the rest of a population.

    Network features of the rest are those that the package ships, and missing elsewhere: computing them for a
    whole space takes hours.
    """
    archs = list(dict.fromkeys([*train, *_listed(space, population)]))
    averaged = averageable(groups)
    tables = []
    for name in groups:
        group = get_group(name)
        if name in averaged:
            tables.append(averaged_features(space, archs, name, settings, population))
        elif group.needs_network:
            table = compute_features(space, list(train), [name], settings=settings)
            shipped = shipped_rows(space.name, name, group.version, group.resolve(settings))
            if shipped is not None:
                others = shipped.index.intersection(archs).difference(table.frame.index)
                table.frame = pd.concat([table.frame, shipped.loc[others, table.columns]])
            tables.append(FeatureTable(table.frame.reindex(archs), table.sidecar))
        else:
            tables.append(compute_features(space, archs, [name], settings=settings))
    return join_tables(tables)


def averaged_features(
    space: SearchSpace, archs: Sequence[str], group: str, settings: Mapping[str, Any], population: str
) -> FeatureTable:
    """Features of a group, each the mean over the equal networks of a population.

    An architecture that has none there keeps its own.
    """
    members: dict[str, list[str]] = {}
    for arch in _listed(space, population):
        members.setdefault(equality_key(space, arch), []).append(arch)
    classes = {arch: members.get(equality_key(space, arch), [arch]) for arch in archs}
    wanted = list(dict.fromkeys(member for own in classes.values() for member in own))
    table = compute_features(space, wanted, [group], settings=settings)
    keys = {member: own[0] for own in classes.values() for member in own}
    means = table.frame.groupby(pd.Series(keys), sort=False).mean()
    frame = means.loc[[own[0] for own in classes.values()]]
    index = pd.Index(list(classes), name="arch", dtype="str")
    return FeatureTable(frame.set_axis(index), table.sidecar)

"""The architectures without labels: what columns are standardised by, and equal networks averaged over.

Features that tell equal networks apart (GRAF reads the raw cell, networks have weights of their own)
are averaged over the members of a class of equal networks within the pool. The average of an architecture
depends on it and on the pool only.
"""

from collections.abc import Sequence

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable, Rows, get_group
from proxyrank.features.rows import arch_index
from proxyrank.features.tables.compute import compute_parts
from proxyrank.features.tables.known import shipped_parts
from proxyrank.features.tables.plan import Part, table_of
from proxyrank.spaces import SearchSpace, equality_key, has, populations, require
from proxyrank.spaces.equal import classes


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


def averageable(space: SearchSpace, parts: Sequence[Part], population: str) -> list[str]:
    """Groups whose columns can be averaged: those that tell equal networks apart and are not meant to.

    Network features only where the package ships them for the whole population: they are dear.
    """
    return [
        name
        for name, own in _by_group(parts).items()
        if own[0].group.equal_by == "arch"
        and not own[0].group.as_written
        and (not own[0].group.needs_network or _all_shipped(space, own, population))
    ]


def usual_average(kind: str, groups: Sequence[str]) -> tuple[str, ...] | None:
    """Groups that a model of that kind (``averages_equal``) has averaged; None means all that can be."""
    if kind == "graph":
        return tuple(name for name in groups if not get_group(name).needs_network)
    return None if kind == "all" else ()


def may_average(parts: Sequence[Part]) -> bool:
    """Whether any group tells equal networks apart without being meant to."""
    return any(part.group.equal_by == "arch" and not part.group.as_written for part in parts)


def pool_features(
    space: SearchSpace,
    train: Sequence[str],
    parts: Sequence[Part],
    population: str,
    averaged: Sequence[str],
    *,
    wide: bool = True,
) -> FeatureTable:
    """Features of the training architectures and, ``wide``, of the rest of a population.

    Columns of the groups ``averaged`` are means over equal networks. Other network features of the rest are
    those that the package ships, and missing elsewhere: computing them for a whole space takes hours.
    """
    archs = list(dict.fromkeys([*train, *(_listed(space, population) if wide else ())]))
    own = [part for part in parts if part.group.name not in averaged]
    dear = [part for part in own if part.group.needs_network]
    cheap = [part for part in own if not part.group.needs_network]
    found = [compute_parts(space, archs, cheap).rows] if cheap else []
    if dear:
        trained = set(train)
        rest = shipped_parts(space, [arch for arch in archs if arch not in trained], dear)
        found.append(Rows.concat([compute_parts(space, train, dear).rows, rest.rows]))
    means = [part for part in parts if part.group.name in averaged]
    if means:
        found.append(averaged_features(space, archs, means, population).rows)
    return table_of(space, parts, Rows.join([rows.archs(archs) for rows in found]))


def averaged_features(
    space: SearchSpace, archs: Sequence[str], parts: Sequence[Part], population: str
) -> FeatureTable:
    """Planned columns, each the mean over the equal networks of a population.

    An architecture that has none there keeps its own.
    """
    members = classes(space, _listed(space, population))
    equals = {arch: members.get(equality_key(space, arch), [arch]) for arch in archs}
    wanted = list(dict.fromkeys(member for own in equals.values() for member in own))
    table = compute_parts(space, wanted, parts)
    keys = {member: own[0] for own in equals.values() for member in own}
    means = table.frame.groupby(pd.Series(keys), sort=False).mean()
    frame = means.loc[[own[0] for own in equals.values()]].set_axis(arch_index(equals))
    gaps = {column: set(frame.index[frame[column].isna()]) for column in table.sidecar.status}
    status = {
        column: {arch: why for arch, why in own.items() if arch in gaps[column]}
        for column, own in table.sidecar.status.items()
    }
    kept = {column: own for column, own in status.items() if own}
    return FeatureTable(frame, table.sidecar.model_copy(update={"status": kept}))


def _by_group(parts: Sequence[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.group.name, []).append(part)
    return found


def _all_shipped(space: SearchSpace, parts: Sequence[Part], population: str) -> bool:
    return bool(shipped_parts(space, _listed(space, population), parts).found.all(axis=None))

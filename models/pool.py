"""The architectures without labels: what columns are standardised by, and equal networks averaged over.

Graph features that tell equal networks apart (GRAF reads the raw cell) are averaged over the members of a
class of equal networks within the pool. The average of an architecture depends on it and on the pool only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable, compute_features, get_group, shipped_rows
from proxyrank.spaces import SearchSpace


def pool_of(
    space: SearchSpace,
    train: Sequence[str],
    settings: Mapping[str, Mapping[str, Any]],
    population: str | None,
) -> tuple[list[str], str | None]:
    """Architectures of the pool, and the population that they are.

    Parameters
    ----------
    space, train
        Training architectures of a space.
    settings
        Settings of each feature group.
    population
        The one asked for; None takes the smallest that holds all of ``train``.

    Returns
    -------
    list of str
        The population, or ``train`` alone where the space cannot be listed or its network features would have
        to be computed first.
    str or None
        Name of the population; None for the second case.
    """
    name = population or _smallest(space, train)
    if name is None:
        return list(train), None
    archs = list(space.archs(name))
    for group, own in settings.items():
        if get_group(group).needs_network:
            shipped = shipped_rows(space.name, group, get_group(group).version, own)
            if shipped is None or not set(archs) <= set(shipped.index):
                return list(train), None
    return archs, name


def _smallest(space: SearchSpace, train: Sequence[str]) -> str | None:
    found: list[tuple[int, str]] = []
    for name in space.populations():
        try:
            archs = space.archs(name)
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


def averaged_features(
    space: SearchSpace, archs: Sequence[str], group: str, settings: Mapping[str, Any], population: str
) -> FeatureTable:
    """Features of a group, each the mean over the equal networks of a population.

    An architecture that has none there keeps its own.
    """
    members: dict[str, list[str]] = {}
    for arch in space.archs(population):
        members.setdefault(space.function_key(arch), []).append(arch)
    classes = {arch: members.get(space.function_key(arch), [arch]) for arch in archs}
    wanted = list(dict.fromkeys(member for own in classes.values() for member in own))
    table = compute_features(space, wanted, [group], settings=settings)
    keys = {member: own[0] for own in classes.values() for member in own}
    means = table.frame.groupby(pd.Series(keys), sort=False).mean()
    frame = means.loc[[own[0] for own in classes.values()]]
    index = pd.Index(list(classes), name="arch", dtype="str")
    return FeatureTable(frame.set_axis(index), table.sidecar)

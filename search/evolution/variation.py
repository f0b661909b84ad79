"""How an architecture is changed, in any space that has neighbours."""

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.search.evolution.state import Change
from proxyrank.spaces import SearchSpace, has, require


def changer(space: SearchSpace) -> Change:
    """Random changes one after the other: the space's own draw, or a neighbour drawn uniformly.

    So many of the space's own draws as asked for, and up to so many neighbours: always two steps on a grid of
    numbers would never reach half of it.

    Raises
    ------
    ProxyrankError
        If the space has neither.
    """
    own = require(space, "mutate", "a search").mutate if has(space, "mutate") else None
    around = None if own else require(space, "neighbours", "a search").neighbours

    def change(arch: str, rng: np.random.Generator, times: int) -> str:
        if own:
            for _ in range(times):
                arch = own(arch, rng)
        elif around:
            for _ in range(1 + int(rng.integers(times))):
                found = around(arch)
                arch = found[int(rng.integers(len(found)))]
        return arch

    return change


def start_of(space: SearchSpace, given: str | None, seed: int) -> str:
    """Where a search starts: what was given, the space's own start, or an architecture drawn at random.

    Raises
    ------
    ProxyrankError
        If nothing says where.
    """
    if given is not None:
        return space.parse(given)
    if has(space, "start"):
        return require(space, "start", "a search").start
    if has(space, "sample"):
        return require(space, "sample", "a search").sample(1, seed)[0]
    raise ProxyrankError(f"the search space {space.name} has no start and cannot be sampled; give --start")

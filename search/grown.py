"""A pool to choose from in a space too large to list: it grows around what was trained and came out best."""

from collections.abc import Callable, Sequence

from proxyrank.common.seeds import derive_rng
from proxyrank.search.evolution.variation import changer
from proxyrank.spaces import SearchSpace, equality_key, has, require

DRAWN = 1000
"""Architectures drawn at random, where no other ones are given to begin with."""
PARENTS, CHILDREN = 12, 60
"""Best trained architectures that are changed, once or twice, and how often each."""


def grown_pool(
    space: SearchSpace,
    best: Sequence[str],
    seed: int,
    *,
    base: Sequence[str] = (),
    admit: Callable[[str], bool] = lambda arch: True,
) -> list[str]:
    """Different architectures to choose from.

    Parameters
    ----------
    space
        One with neighbours or random changes, and samples unless there is a ``base``.
    best
        Trained architectures, the best first.
    seed
        Of the draws; those around ``best`` depend on how many are trained, too.
    base
        Architectures to begin with.
    admit
        Whether an architecture keeps to limits.

    Raises
    ------
    ProxyrankError
        If the space lacks what is needed.
    """
    found: dict[str, str] = {}
    start = list(base) or require(space, "sample", "a choice among drawn ones").sample(DRAWN, seed)
    for arch in [*best, *filter(admit, start)]:
        found.setdefault(equality_key(space, arch), arch)
    if best and (has(space, "mutate") or has(space, "neighbours")):
        change, rng = changer(space), derive_rng("grown", seed, len(best))
        for parent in best[:PARENTS]:
            for _ in range(CHILDREN):
                arch = change(parent, rng, int(rng.integers(1, 3)))
                if admit(arch):
                    found.setdefault(equality_key(space, arch), arch)
    return list(found.values())

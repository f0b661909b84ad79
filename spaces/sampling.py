"""Different architectures drawn by a seed, so that fewer are always a prefix of more."""

from collections.abc import Callable, Sequence

import numpy as np

from proxyrank.common.errors import ProxyrankError

_MISSES = 1_000


def sample_listed(archs: Sequence[str], n: int, rng: np.random.Generator, what: str) -> list[str]:
    """The first ``n`` of a permutation of a list.

    Raises
    ------
    ProxyrankError
        If ``n`` is negative or more than there are.
    """
    if not 0 <= n <= len(archs):
        raise ProxyrankError(f"cannot sample {n} cells: {what} has {len(archs)}")
    return [archs[i] for i in rng.permutation(len(archs))[:n]]


def sample_drawn(
    draw: Callable[[np.random.Generator], str | None], n: int, rng: np.random.Generator, what: str
) -> list[str]:
    """The first ``n`` different results of ``draw``, None being a miss.

    Raises
    ------
    ProxyrankError
        If ``n`` is negative, or 1,000 draws in a row bring nothing new.
    """
    if n < 0:
        raise ProxyrankError(f"cannot sample {n} architectures of {what}")
    found: dict[str, None] = {}
    misses = 0
    while len(found) < n:
        before = len(found)
        if (arch := draw(rng)) is not None:
            found[arch] = None
        misses = misses + 1 if len(found) == before else 0
        if misses == _MISSES:
            raise ProxyrankError(f"cannot sample {n} architectures of {what}: found only {before} different ones")
    return list(found)

"""Why a metric has no value."""

import numpy as np
from numpy.typing import NDArray

from proxyrank.common.errors import ProxyrankError

Floats = NDArray[np.float64]


def cut(k: int, n: int) -> tuple[int, str | None]:
    """The k that n architectures allow, and a note where it is another."""
    if k < 1:
        raise ProxyrankError(f"k must be at least 1, got {k}")
    return (k, None) if k <= n else (n, f"computed at k = {n}, the number of architectures (asked: {k})")


def too_few(x: Floats) -> str | None:
    """Why fewer than two architectures have no correlation."""
    return None if len(x) >= 2 else f"undefined (n = {len(x)}, at least 2 needed)"


def constant(x: Floats, what: str) -> str | None:
    """Why equal numbers have no correlation."""
    return f"undefined (constant {what})" if np.all(x == x[0]) else None


def no_gain(gains: Floats) -> str | None:
    """Why gains [n] give no nDCG. Raises ProxyrankError for a negative one."""
    if np.any(gains < 0):
        raise ProxyrankError(f"gains must not be negative, got {gains.min()}")
    if not gains.any():
        return "undefined (no relevant architecture: every gain is zero)"
    return constant(gains, "labels")


def all_tied(x: Floats) -> str | None:
    """A note where every architecture is the best one."""
    return "all predictions tie: the first in order was taken" if np.all(x == x[0]) else None

"""Checks that every ranker makes of what it is given."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.parts.targets import FloatArray


def check_spread(y: FloatArray) -> None:
    """Refuse constant labels.

    Raises
    ------
    ProxyrankError
        If all labels are equal.
    """
    if np.ptp(y) == 0:
        raise ProxyrankError(f"label has one distinct value ({float(y[0])}) over {y.size} rows")


def as_seed(random_state: Any) -> int:
    """The integer itself, or one drawn from a scikit-learn ``random_state`` of another kind."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def as_shares(weights: FloatArray) -> FloatArray:
    """Weights [d], none negative, over their sum; zeros stay zeros."""
    shares: FloatArray = weights / (weights.sum() or 1.0)
    return shares

"""The weight of one part of a model in the whole, chosen by rankings of rows that the parts have not seen."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import kendalltau

from proxyrank.models.parts.targets import FloatArray


def tau_of_share(blend: Callable[[float], FloatArray], truth: FloatArray) -> Callable[[float], float]:
    """Kendall's tau of out-of-fold scores ``blend(share)`` with oriented labels [n]; 0 where undefined."""
    return lambda share: float(np.nan_to_num(kendalltau(blend(share), truth)[0]))


def better_share(
    tau: Callable[[float], float], default: float, others: Sequence[float], *, gain: float
) -> float:
    """The best of the other shares where its tau exceeds that of the default by more than ``gain``."""
    best = max(others, key=tau)
    return best if tau(best) > tau(default) + gain else default

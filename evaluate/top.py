"""Metrics of what a search takes from a ranking: its first few architectures."""

import math

import numpy as np
from numpy.typing import ArrayLike

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, Direction
from proxyrank.evaluate._undefined import all_tied, cut, too_few
from proxyrank.evaluate.metrics import Metric, finite_pairs, ranking_order


def best_rank(scores: ArrayLike, labels: ArrayLike, k: int, direction: Direction = "max") -> Metric:
    """True rank, 1 is best, of the best architecture among the k ranked first; equal labels share the better.

    Raises
    ------
    ProxyrankError
        If k < 1.
    """
    x, y = finite_pairs(scores, labels)
    k, note = cut(k, len(x))
    if reason := too_few(x):
        return Metric(None, reason)
    y = SIGNS[direction] * y
    best = y[ranking_order(x)[:k]].max()
    return Metric(float((y > best).sum() + 1), None, note or all_tied(x))


def top_precision(
    scores: ArrayLike, labels: ArrayLike, share: float = 0.005, direction: Direction = "max"
) -> Metric:
    """Share of the architectures ranked first that are truly among as many best ones.

    Parameters
    ----------
    scores, labels
        Shape [n].
    share
        Of all architectures, rounded up to whole ones; those that tie the last by true label count as best.
    direction
        Of the labels.

    Raises
    ------
    ProxyrankError
        If the share is not within (0, 1].
    """
    if not 0 < share <= 1:
        raise ProxyrankError(f"share must lie within (0, 1], got {share}")
    x, y = finite_pairs(scores, labels)
    if reason := too_few(x):
        return Metric(None, reason)
    y = SIGNS[direction] * y
    count = math.ceil(share * len(y) - 1e-9)
    first = y[ranking_order(x)[:count]]
    return Metric(float((first >= np.sort(y)[-count]).mean()), None, all_tied(x))

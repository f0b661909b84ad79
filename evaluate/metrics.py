"""Metrics of a ranking: pure functions of scores (higher is predicted better) and labels.

Every function drops pairs with a missing or infinite side. Where tied scores need an order (top-1, regret),
the first in the input counts as ranked higher; nDCG is the mean over all orders of the tied ones.
"""

import math
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn.metrics import ndcg_score

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, Direction
from proxyrank.evaluate._undefined import Floats, all_tied, constant, cut, no_gain, too_few


@dataclass(frozen=True)
class Metric:
    """Value of a metric.

    Attributes
    ----------
    value
        The number, None where it is undefined.
    reason
        Why it is undefined.
    note
        How it was computed otherwise than asked.
    """

    value: float | None
    reason: str | None = None
    note: str | None = None


def kendall_tau(scores: ArrayLike, labels: ArrayLike) -> Metric:
    """Kendall's tau-b (scipy), which allows for ties on either side."""
    x, y = finite_pairs(scores, labels)
    reason = too_few(x) or constant(x, "predictions") or constant(y, "labels")
    return Metric(None, reason) if reason else _correlation(stats.kendalltau(x, y).statistic)


def spearman(scores: ArrayLike, labels: ArrayLike) -> Metric:
    """Spearman's rank correlation (scipy), ties with their average rank."""
    x, y = finite_pairs(scores, labels)
    reason = too_few(x) or constant(x, "predictions") or constant(y, "labels")
    return Metric(None, reason) if reason else _correlation(stats.spearmanr(x, y).statistic)


def ndcg(scores: ArrayLike, gains: ArrayLike, k: int = 1000, *, ignore_ties: bool = False) -> Metric:
    """Normalised discounted cumulative gain of the first k (scikit-learn).

    A ranking by FLOPs or tensors has few distinct scores, and its nDCG depends on how ties are ordered (by
    up to 0.1 on NAS-Bench-201). The default is the exact mean over all orders of ties, which gives the
    published rows; without ties both settings are equal.

    Parameters
    ----------
    scores
        Shape [n].
    gains
        Shape [n], non-negative, as `label_gains` makes them.
    k
        How many of the top count; more than n means n, which the note says.
    ignore_ties
        Take tied scores in input order instead.

    Raises
    ------
    ProxyrankError
        If k < 1 or a gain is negative.
    """
    x, y = finite_pairs(scores, gains)
    reason = too_few(x) or no_gain(y)
    k, note = cut(k, len(x))
    if reason:
        return Metric(None, reason)
    if ignore_ties:  # scikit-learn's own order of ties is unspecified, so it gets distinct scores
        order = ranking_order(x)
        x = np.empty(len(x))
        x[order] = np.arange(len(x), 0, -1)
    found = float(ndcg_score(y[None], x[None], k=k, ignore_ties=ignore_ties))
    return Metric(round(found, 14), None, note)  # sums in two orders make a perfect one a little more or less


def random_ndcg(gains: ArrayLike, k: int = 1000) -> Metric:
    """Mean nDCG over all orders of the architectures, exactly: each place expects the mean gain.

    Raises
    ------
    ProxyrankError
        If k < 1 or a gain is negative.
    """
    y, _ = finite_pairs(gains, gains)
    reason = too_few(y) or no_gain(y)
    k, note = cut(k, len(y))
    if reason:
        return Metric(None, reason)
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = float(np.sort(y)[::-1][:k] @ discount)
    return Metric(round(float(y.mean() * discount.sum()) / ideal, 14), None, note)


def top1(scores: ArrayLike, labels: ArrayLike) -> Metric:
    """Label of the architecture ranked first."""
    x, y = finite_pairs(scores, labels)
    if reason := too_few(x):
        return Metric(None, reason)
    return Metric(float(y[np.argmax(x)]), None, all_tied(x))


def regret(scores: ArrayLike, labels: ArrayLike, k: int, direction: Direction = "max") -> Metric:
    """Distance from the best label of all to the best among the k ranked first, in label units, >= 0.

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
    return Metric(float(y.max() - y[ranking_order(x)[:k]].max()), None, note or all_tied(x))


def top_share_tau(
    scores: ArrayLike, labels: ArrayLike, share: float = 0.1, direction: Direction = "max"
) -> Metric:
    """Kendall's tau-b among the best by true label: at least ``share`` of all, with all that tie the last.

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
    count = math.ceil(share * len(y) - 1e-9)  # 0.1 * 30 is a little more than 3
    best = y >= np.sort(y)[-count]
    return kendall_tau(x[best], y[best])


def ranking_order(scores: Floats) -> NDArray[np.intp]:
    """Positions from the highest score to the lowest, ties in input order; shape [n]."""
    return np.argsort(-scores, kind="stable")


def finite_pairs(scores: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
    """Scores and labels where both are finite. Raises ProxyrankError unless they are vectors of a length."""
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ProxyrankError(f"scores and labels must be vectors of one length, got {x.shape} and {y.shape}")
    both = np.isfinite(x) & np.isfinite(y)
    return x[both], y[both]


def _correlation(value: SupportsFloat) -> Metric:
    return Metric(round(float(value), 14))  # scipy's square roots can make an exact 1 a little less

"""Columns by their ranks in the pool: for a distance, an order may say more than a count or a proxy's size.

A process of standardised columns sees the tail of a heavy-tailed proxy and little of its middle; one of
normal or uniform scores sees all of it. They err differently, so that their mean errs less.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from proxyrank.common.errors import unknown
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.models.parts.targets import FloatArray

SCALINGS = ("standard", "normal", "uniform")
"""A column as it is, its normal scores, its share of the pool beaten; all are standardised afterwards."""
KNOTS = 256


@dataclass(frozen=True)
class ColumnScores:
    """Score of a value of each column, from its mid-rank in the pool.

    Attributes
    ----------
    median
        Of each column [d], what replaces NaN.
    knots, scores
        Distinct values, at most `KNOTS` per column, and their scores, all columns behind each other; linear
        in between, constant outside.
    ends
        Where each column's knots end, shape [d].
    """

    median: FloatArray
    knots: FloatArray
    scores: FloatArray
    ends: np.ndarray[Any, np.dtype[np.int64]]

    def transform(self, X: FloatArray) -> FloatArray:
        """Scores [n, d] of rows [n, d], NaN where missing; each depends on its own value only."""
        filled = np.where(np.isnan(X), self.median, X)
        parts = zip(np.split(self.knots, self.ends[:-1]), np.split(self.scores, self.ends[:-1]), strict=True)
        columns = [np.interp(column, *part) for column, part in zip(filled.T, parts, strict=True)]
        return np.array(columns).T.reshape(X.shape)


def fit_column_scores(pool: FloatArray, *, normal: bool) -> ColumnScores:
    """Scores of the columns of a pool [m, d]: mid-rank over m or, ``normal``, its normal quantile.

    A column without any value counts as constant.
    """
    present = ~np.isnan(pool).all(axis=0)
    median = np.zeros(pool.shape[1])
    median[present] = np.nanmedian(pool[:, present], axis=0)
    knots, scores = [], []
    for column in np.where(np.isnan(pool), median, pool).T:
        values, counts = np.unique(column, return_counts=True)
        ranks = (np.cumsum(counts) - counts / 2) / len(pool)
        kept = np.unique(np.linspace(0, len(values) - 1, min(len(values), KNOTS)).round().astype(int))
        knots.append(values[kept])
        scores.append(ndtri(ranks[kept]) if normal else ranks[kept])
    ends = np.cumsum([len(column) for column in knots], dtype=np.int64)
    return ColumnScores(median, np.concatenate([*knots, []]), np.concatenate([*scores, []]), ends)


def fit_scaling(name: str, pool: FloatArray) -> tuple[ColumnScores | None, Standardiser]:
    """What a key of `SCALINGS` does to rows like those of a pool [m, d], in this order."""
    if name == "standard":
        return None, fit_standardiser(pool)
    scores = fit_column_scores(pool, normal=name == "normal")
    return scores, fit_standardiser(scores.transform(pool))


def check_scaling(name: object) -> None:
    """Raise ProxyrankError unless ``name`` is a key of `SCALINGS`."""
    if name not in SCALINGS:
        raise unknown("scaling of the columns", name, SCALINGS)

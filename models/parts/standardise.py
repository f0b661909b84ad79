"""Columns made comparable, by the statistics of all architectures at hand and not of the trained few only."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from proxyrank.models.parts.targets import FloatArray

CLIP = 6.0
"""Standard deviations at which values are cut: proxies have tails of dozens."""


@dataclass(frozen=True)
class Standardiser:
    """Impute, standardise and clip; columns that never vary are dropped.

    Attributes
    ----------
    kept
        Positions of the columns that vary.
    median, mean, scale
        Of these: what replaces NaN, then what is subtracted and divided by; shape [kept].
    """

    kept: np.ndarray[Any, np.dtype[np.int64]]
    median: FloatArray
    mean: FloatArray
    scale: FloatArray

    def transform(self, X: FloatArray) -> FloatArray:
        """Standardised rows [n, kept] of rows [n, d]."""
        return standardised(X[:, self.kept], self.median, self.mean, self.scale, clip=CLIP)


def standardised(
    X: FloatArray, median: FloatArray, mean: FloatArray, scale: FloatArray, *, clip: float
) -> FloatArray:
    """Rows [n, d], NaN replaced by the median [d], less the mean, over the scale, cut at -clip and clip."""
    filled = np.where(np.isnan(X), median, X)
    found: FloatArray = np.clip((filled - mean) / scale, -clip, clip)
    return found


def fit_standardiser(X: FloatArray) -> Standardiser:
    """Statistics of rows [m, d], NaN where missing.

    A column without any value, or whose spread is nothing but rounding of its size, counts as constant.
    """
    present = ~np.isnan(X).all(axis=0)
    median = np.zeros(X.shape[1])
    median[present] = np.nanmedian(X[:, present], axis=0)
    filled = np.where(np.isnan(X), median, X)
    largest = np.abs(filled).max(axis=0, initial=0.0)
    unit = np.where(largest > 0, largest, 1.0)  # so that squares of huge values stay finite
    mean = (filled / unit).mean(axis=0)
    scale = (filled / unit - mean).std(axis=0)
    kept = np.flatnonzero(scale > 1e-10)
    return Standardiser(kept, median[kept], (mean * unit)[kept], (scale * unit)[kept])

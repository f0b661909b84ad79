"""Which columns a model gets: the share that a quick LightGBM finds most useful on the same rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS, LightGBMRanker
from proxyrank.models.parts.targets import FloatArray

MIN_KEPT = 8
QUICK: dict[str, Any] = {**SEARCHED_THRESHOLDS, "n_estimators": 100, "learning_rate": 0.1}
"""Parameters of that model."""


def order_columns(
    X: FloatArray, y: FloatArray, *, direction: str, seed: int, threads: int = 1
) -> NDArray[np.intp]:
    """Columns from the largest summed gain of splits to the smallest, ties by position; shape [d].

    Parameters
    ----------
    X, y
        Features [n, d] and labels [n].
    direction
        ``max`` or ``min``.
    seed, threads
        Of the model.
    """
    quick = LightGBMRanker(**QUICK, direction=direction, random_state=seed, n_jobs=threads)
    return np.argsort(-quick.fit(X, y).feature_importances_, kind="stable")


def kept_columns(order: NDArray[np.intp], share: float) -> NDArray[np.intp]:
    """The first ``share`` of columns in `order_columns`' order, ascending; at least 8, or all of fewer."""
    count = max(round(share * len(order)), min(MIN_KEPT, len(order)))
    return np.sort(order[:count])

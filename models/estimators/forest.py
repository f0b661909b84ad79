"""The published baseline: a standard scaler and a random forest of 100 trees on the raw accuracy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from proxyrank.common.labels import SIGNS
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.parts.arrays import flatten, rebuild
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.standardise import standardised
from proxyrank.models.parts.targets import FloatArray

_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class ForestArrays:
    """A fitted forest as arrays; the nodes of all trees follow each other.

    Attributes
    ----------
    median, mean, scale
        Of each column, shape [d]: what replaces NaN, then what is subtracted and divided by.
    offsets
        First node of each tree and, last, the number of nodes; shape [trees + 1].
    left, right
        Children of each node within its tree, -1 at a leaf; shape [nodes].
    feature
        Column that a node splits, -2 at a leaf; shape [nodes].
    threshold
        Rows whose standardised value, in single precision, is at most this go left; shape [nodes].
    value
        Mean training label of each node; shape [nodes].
    importances
        Share of the variance that splits of each column remove; shape [d].
    """

    median: FloatArray
    mean: FloatArray
    scale: FloatArray
    offsets: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: FloatArray
    value: FloatArray
    importances: FloatArray

    def prepare(self, X: FloatArray) -> NDArray[np.float32]:
        """Impute and standardise, in the single precision in which trees compare."""
        return standardised(X, self.median, self.mean, self.scale, clip=_FLOAT32_MAX).astype(np.float32)

    def predict(self, X: FloatArray) -> FloatArray:
        """Mean over the trees of the leaf each row [n, d] falls into, shape [n]."""
        prepared = self.prepare(X)
        total = np.zeros(len(X))
        for first, last in zip(self.offsets[:-1], self.offsets[1:], strict=True):
            left, right = self.left[first:last], self.right[first:last]
            feature, threshold = self.feature[first:last], self.threshold[first:last]
            node = np.zeros(len(X), dtype=np.int64)
            rows = np.flatnonzero(left[node] >= 0)
            while rows.size:
                at = node[rows]
                goes_left = prepared[rows, feature[at]] <= threshold[at]
                node[rows] = np.where(goes_left, left[at], right[at])
                rows = rows[left[node[rows]] >= 0]
            total += self.value[first:last][node]
        return total / (len(self.offsets) - 1)


class ForestRanker(TabularRanker):
    """StandardScaler and RandomForestRegressor, the model of the VKDNW paper (CVPR 2025, arXiv 2502.04975).

    A missing value is replaced by the median of its column in training (0 for a column that has none);
    infinite ones are refused. Rows are sorted before training, so their order does not matter. The fitted
    trees are kept as arrays and evaluated here, in a fixed order of summation: predictions are equal before
    and after saving and for any number of threads.

    Parameters
    ----------
    n_estimators
        Trees.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is; only `rank_score` depends
        on it.
    random_state
        Seed (or a scikit-learn random state).
    n_jobs
        Threads that grow the trees; -1 takes all cores.

    Attributes
    ----------
    forest_ : ForestArrays
        The fitted trees with the scaler and the medians.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the variance removed by splits of each column.
    """

    averages_equal = "none"  # the published baseline sees each architecture by itself
    arrays_file = "forest.npz"

    def __init__(
        self,
        n_estimators: int = 100,
        *,
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.n_estimators = n_estimators
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        imputer = SimpleImputer(strategy="median", keep_empty_features=True).fit(X)
        scaler = StandardScaler().fit(imputer.transform(X))
        model = RandomForestRegressor(self.n_estimators, random_state=self.seed_, n_jobs=self.n_jobs)
        model.fit(np.clip(scaler.transform(imputer.transform(X)), -_FLOAT32_MAX, _FLOAT32_MAX), y)
        self.forest_ = _forest_arrays(imputer.statistics_, scaler, model)

    def _score(self, X: FloatArray) -> FloatArray:
        return SIGNS[self.direction] * self.forest_.predict(X)

    def _importances(self) -> FloatArray:
        return self.forest_.importances

    def _state(self) -> Stored:
        return Stored(arrays=flatten(self.forest_))

    def _restore(self, stored: Stored) -> None:
        self.forest_ = rebuild(ForestArrays, stored.arrays)


def _forest_arrays(median: FloatArray, scaler: Any, model: Any) -> ForestArrays:
    trees = [estimator.tree_ for estimator in model.estimators_]

    def joined(name: str, dtype: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([np.asarray(getattr(tree, name), dtype=dtype).ravel() for tree in trees])

    return ForestArrays(
        median=np.asarray(median, dtype=np.float64),
        mean=np.asarray(scaler.mean_, dtype=np.float64),
        scale=np.asarray(scaler.scale_, dtype=np.float64),
        offsets=np.cumsum([0, *(tree.node_count for tree in trees)]),
        left=joined("children_left", np.int64),
        right=joined("children_right", np.int64),
        feature=joined("feature", np.int64),
        threshold=joined("threshold", np.float64),
        value=joined("value", np.float64),
        importances=np.asarray(model.feature_importances_, dtype=np.float64),
    )

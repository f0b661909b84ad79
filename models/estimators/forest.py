"""The published baseline: a standard scaler and a random forest of 100 trees on the raw accuracy."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data

from proxyrank.common.labels import SIGNS, check_direction
from proxyrank.models.base import as_seed, canonical_order, check_spread
from proxyrank.models.parts.targets import FloatArray

MODEL_FILE = "forest.npz"
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
        filled = np.where(np.isnan(X), self.median, X)
        return np.clip((filled - self.mean) / self.scale, -_FLOAT32_MAX, _FLOAT32_MAX).astype(np.float32)

    def predict(self, X: FloatArray) -> FloatArray:
        """Mean over the trees of the leaf each row [n, d] falls into, shape [n]."""
        standardised = self.prepare(X)
        total = np.zeros(len(X))
        for first, last in zip(self.offsets[:-1], self.offsets[1:], strict=True):
            left, right = self.left[first:last], self.right[first:last]
            feature, threshold = self.feature[first:last], self.threshold[first:last]
            node = np.zeros(len(X), dtype=np.int64)
            rows = np.flatnonzero(left[node] >= 0)
            while rows.size:
                at = node[rows]
                goes_left = standardised[rows, feature[at]] <= threshold[at]
                node[rows] = np.where(goes_left, left[at], right[at])
                rows = rows[left[node[rows]] >= 0]
            total += self.value[first:last][node]
        return total / (len(self.offsets) - 1)


class ForestRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
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
    threads
        Threads that grow the trees.

    Attributes
    ----------
    forest_ : ForestArrays
        The fitted trees with the scaler and the medians.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the variance removed by splits of each column.
    n_features_in_ : int
        Columns seen in `fit`.
    """

    score_is_label = True

    def __init__(
        self, n_estimators: int = 100, *, direction: str = "max", random_state: Any = 0, threads: int = 1
    ) -> None:
        self.n_estimators = n_estimators
        self.direction = direction
        self.random_state = random_state
        self.threads = threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to features [n, d] (NaN where missing) and finite labels [n].

        Raises
        ------
        ProxyrankError
            If the direction is unknown or all labels are equal.
        ValueError
            If there are fewer than 2 rows, a label is not finite or a feature is infinite.
        """
        check_direction(self.direction)
        features, labels = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        labels = np.asarray(labels, dtype=np.float64)
        check_spread(labels)
        order = canonical_order(features, labels)
        features, labels = features[order], labels[order]
        self.seed_ = as_seed(self.random_state)
        imputer = SimpleImputer(strategy="median", keep_empty_features=True).fit(features)
        scaler = StandardScaler().fit(imputer.transform(features))
        model = RandomForestRegressor(self.n_estimators, random_state=self.seed_, n_jobs=self.threads)
        model.fit(np.clip(scaler.transform(imputer.transform(features)), -_FLOAT32_MAX, _FLOAT32_MAX), labels)
        self._set_forest(_forest_arrays(imputer.statistics_, scaler, model))
        return self

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels, shape [n]."""
        check_is_fitted(self, "forest_")
        features = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self.forest_.predict(features)

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Predicted labels, their sign changed where a smaller label is better; shape [n]."""
        return SIGNS[self.direction] * self.predict(X)

    def label_of(self, score: FloatArray) -> FloatArray:
        """Prediction of a `rank_score`, shape [n], in label units."""
        return SIGNS[self.direction] * score

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Parameters for a JSON file, and the trees as an ``npz`` file without objects."""
        check_is_fitted(self, "forest_")
        buffer = io.BytesIO()
        arrays = {field.name: getattr(self.forest_, field.name) for field in fields(ForestArrays)}
        np.savez_compressed(buffer, **arrays)
        return {"params": {**self.get_params(), "random_state": self.seed_}}, {MODEL_FILE: buffer.getvalue()}

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Make the fitted model that `export` described."""
        model = cls(**state["params"])
        check_direction(model.direction)
        model.seed_ = int(state["params"]["random_state"])
        with np.load(io.BytesIO(files[MODEL_FILE]), allow_pickle=False) as arrays:
            model._set_forest(
                ForestArrays(**{field.name: arrays[field.name] for field in fields(ForestArrays)})
            )
        model.n_features_in_ = len(model.forest_.median)
        return model

    def _set_forest(self, forest: ForestArrays) -> None:
        self.forest_ = forest
        self.feature_importances_ = forest.importances


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

"""The forest's arrays against scikit-learn's own pipeline."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from proxyrank.models import ForestRanker
from proxyrank.models.parts.fit_context import canonical_order


def _published(seed: int) -> Any:
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        RandomForestRegressor(n_estimators=100, random_state=seed),
    )


def test_equal_to_scikit_learn(problem: Callable[..., Any]) -> None:
    X, y = problem(400, 7)
    X[::9, 2] = np.nan
    X[:, 3] = np.round(X[:, 3])
    X[:, 4] = 1e6 + 1e-3 * X[:, 4]  # thresholds meet values in single precision
    X[:, 5] = np.nan
    train, test = slice(0, 200), slice(200, 400)
    order = canonical_order(X[train], y[train])
    oracle = _published(3).fit(X[train][order], y[train][order])
    model = ForestRanker(random_state=3).fit(X[train], y[train])
    # 1e-12: the same leaves, summed in the same order
    np.testing.assert_allclose(model.predict(X[test]), oracle.predict(X[test]), rtol=1e-12)
    np.testing.assert_allclose(model.feature_importances_, oracle[-1].feature_importances_, rtol=1e-12)


def test_missing_value_is_the_training_median(problem: Callable[..., Any]) -> None:
    X, y = problem(101, 3)
    model = ForestRanker(n_estimators=20).fit(X, y)
    gap, filled = X.copy(), X.copy()
    gap[:, 0], filled[:, 0] = np.nan, np.median(X[:, 0])
    np.testing.assert_array_equal(model.predict(gap), model.predict(filled))


def test_huge_values_stay_within_single_precision(problem: Callable[..., Any]) -> None:
    X, y = problem(40, 3)
    model = ForestRanker(n_estimators=10).fit(X, y)
    huge = X.copy()
    huge[:, 0] = 1e300
    largest = X.copy()
    largest[:, 0] = X[:, 0].max() + 1
    np.testing.assert_array_equal(model.predict(huge), model.predict(largest))

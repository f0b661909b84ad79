"""scikit-learn's own contract, and what both estimators promise beyond it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import (
    EnsembleRanker,
    ForestRanker,
    GaussianProcessRanker,
    LightGBMRanker,
    make_model,
)

RANKING = LightGBMRanker(objective="lambdarank")
ESTIMATORS = [
    LightGBMRanker(),
    RANKING,
    ForestRanker(),
    GaussianProcessRanker(),
    EnsembleRanker(folds=2, steps=10, tree_share=0.1),  # as it is, it takes minutes over all checks
]
EVERY = pytest.mark.parametrize(
    "estimator", ESTIMATORS, ids=["lightgbm", "lambdarank", "forest", "gp", "ensemble"]
)


def _expected_failures(estimator: Any) -> dict[str, str]:
    if estimator is RANKING or getattr(estimator, "objective", "") == "lambdarank":
        return {
            "check_regressors_train": "asks for R2 > 0.5, but the score of a ranking objective is unitless"
        }
    return {}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=_expected_failures)
def test_scikit_learn_contract(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


@EVERY
def test_clone_pipeline_and_cross_validation(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(90, 4)
    pipeline = make_pipeline(StandardScaler(), clone(estimator))
    tau = "neg_mean_absolute_error" if estimator.score_is_label else _tau
    scores = cross_val_score(pipeline, X, y, cv=3, scoring=tau)
    assert scores.min() > (-10.0 if estimator.score_is_label else 0.6)
    assert clone(estimator).get_params() == estimator.get_params()


def _tau(estimator: Any, X: np.ndarray, y: np.ndarray) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(estimator.predict(X), y)[0])


@EVERY
def test_row_order_does_not_matter(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(50, 4)
    X[5] = X[6]  # equal rows of different labels have no order of their own
    shuffled = np.random.default_rng(1).permutation(50)
    a, b = clone(estimator).fit(X, y), clone(estimator).fit(X[shuffled], y[shuffled])
    np.testing.assert_array_equal(a.predict(X), b.predict(X))


@EVERY
def test_minimised_labels_are_ranked_the_other_way(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(60, 3)
    up = clone(estimator).set_params(direction="max").fit(X, y)
    down = clone(estimator).set_params(direction="min").fit(X, 100 - y)
    # the same trees on mirrored labels, up to rounding of the mirrored label
    np.testing.assert_allclose(
        np.argsort(np.argsort(up.rank_score(X))), np.argsort(np.argsort(down.rank_score(X))), atol=3
    )
    if estimator.score_is_label:
        assert np.abs(down.predict(X) - (100 - y)).mean() < 3
        assert np.abs(up.predict(X) - y).mean() < 3


@EVERY
def test_t9_few_rows_still_tell_architectures_apart(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(10, 5)
    assert len(np.unique(clone(estimator).fit(X, y).predict(X))) >= 3
    pair = clone(estimator).fit(X[:2], [10.0, 90.0])
    assert np.diff(pair.rank_score(X[:2]))[0] > 0
    with pytest.raises(ValueError, match=r"1 sample\(s\).*minimum of 2"):
        clone(estimator).fit(X[:1], y[:1])


@EVERY
def test_t10_constant_labels_are_refused(estimator: Any, problem: Callable[..., Any]) -> None:
    X, _ = problem(30, 3)
    with pytest.raises(ProxyrankError, match=r"^label has one distinct value \(93.0\) over 30 rows$"):
        clone(estimator).fit(X, np.full(30, 93.0))


@EVERY
def test_t4_labels_that_are_no_number_are_refused(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(30, 3)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="Input y contains"):
            clone(estimator).fit(X, np.where(np.arange(30) == 4, bad, y))


@EVERY
def test_t6_infinite_features_are_refused_and_missing_ones_accepted(
    estimator: Any, problem: Callable[..., Any]
) -> None:
    X, y = problem(40, 3)
    X[3, 1] = np.nan
    fitted = clone(estimator).fit(X, y)
    assert np.isfinite(fitted.predict(X)).all()
    X[3, 1] = -np.inf
    for call in (lambda: clone(estimator).fit(X, y), lambda: fitted.predict(X)):
        with pytest.raises(ValueError, match="infinity"):
            call()


@EVERY
def test_t7_columns_in_another_order_are_refused(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(40, 3)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    fitted = clone(estimator).fit(frame, y)
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame[["b", "a", "c"]])


@EVERY
def test_t8_any_column_names(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(40, 4)
    names = ["min_path_len_(skip_connect,nor_conv_3x3)", "a b", "a_b", 'f[1]:"{']
    named = clone(estimator).fit(pd.DataFrame(X, columns=names), y)
    np.testing.assert_array_equal(
        named.predict(pd.DataFrame(X, columns=names)), clone(estimator).fit(X, y).predict(X)
    )
    assert list(named.feature_names_in_) == names
    assert named.feature_importances_.argmax() == 0


@EVERY
def test_r4_threads_and_runs_do_not_change_predictions(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(300, 6)
    small = {"n_estimators": 100} if hasattr(estimator, "n_estimators") else {}
    fits = [clone(estimator).set_params(threads=threads, **small).fit(X, y) for threads in (1, 1, 4, 4)]
    first = fits[0].predict(X)
    for other in fits[1:]:
        np.testing.assert_array_equal(other.predict(X), first)
    assert fits[0].export() == fits[1].export()
    assert fits[0].export()[1] == fits[2].export()[1]


@pytest.mark.parametrize("estimator", [e for e in ESTIMATORS if not isinstance(e, GaussianProcessRanker)])
def test_seed_matters(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(60, 20)
    a, b = (clone(estimator).set_params(random_state=seed).fit(X, y).predict(X) for seed in (0, 1))
    assert not np.array_equal(a, b)


@pytest.mark.parametrize("estimator", ESTIMATORS[:2], ids=["lightgbm", "lambdarank"])
def test_constant_columns_change_nothing(estimator: Any, problem: Callable[..., Any]) -> None:
    X, y = problem(80, 20)
    wide = np.column_stack([np.zeros(80), X[:, :2], np.full(80, 7.0), X[:, 2:], np.full(80, np.nan)])
    np.testing.assert_array_equal(
        clone(estimator).fit(X, y).predict(X), clone(estimator).fit(wide, y).predict(wide)
    )


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ProxyrankError, match="unknown model 'xgboost'; known: lightgbm, gp, "):
        make_model("xgboost", {})
    with pytest.raises(ProxyrankError, match="model forest has no parameter target; known: direction"):
        make_model("forest", {"target": "logit"})

"""A ranker of one's own: what it takes to write one, and everything that then takes it."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS
from proxyrank.models import (
    MODELS,
    FitContext,
    ProxyRanker,
    Stored,
    TabularRanker,
    describe_models,
    make_model,
    register_model,
    registered,
)
from proxyrank.models.parts.arrays import flatten, rebuild
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.testing.rankers import RankerContract, ranking_problem


class RidgeRanker(TabularRanker):
    """Ridge regression on standardised columns."""

    fit_context = frozenset({"pool"})
    stochastic = False

    def __init__(self, alpha: float = 1.0, *, direction: str = "max", random_state: Any = 0, n_jobs: int = 1):
        self.alpha, self.direction, self.random_state, self.n_jobs = alpha, direction, random_state, n_jobs

    def _fit(self, X: np.ndarray, y: np.ndarray, context: FitContext) -> None:
        self.standardiser_ = fit_standardiser(context.pool)
        ridge = Ridge(self.alpha).fit(self.standardiser_.transform(X), SIGNS[self.direction] * y)
        self.weights_, self.intercept_ = ridge.coef_, float(ridge.intercept_)

    def _score(self, X: np.ndarray) -> np.ndarray:
        return (self.standardiser_.transform(X) * self.weights_).sum(axis=1) + self.intercept_

    def _importances(self) -> np.ndarray:
        shares = np.zeros(self.n_features_in_)
        shares[self.standardiser_.kept] = np.abs(self.weights_) / np.abs(self.weights_).sum()
        return shares

    def _state(self) -> Stored:
        return Stored(
            {"intercept": self.intercept_}, {"weights": self.weights_, **flatten(self.standardiser_)}
        )

    def _restore(self, stored: Stored) -> None:
        self.standardiser_ = rebuild(Standardiser, stored.arrays)
        self.weights_, self.intercept_ = stored.arrays["weights"], stored.values["intercept"]


class TestRidge(RankerContract):
    ranker = RidgeRanker
    params: ClassVar = {"alpha": 0.1}


@pytest.fixture
def ridge(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(registered, "MODELS", dict(MODELS))
    monkeypatch.setitem(sys.modules, "of_my_own", sys.modules[__name__])
    register_model("ridge", "of_my_own", "RidgeRanker", "ridge regression")
    return "ridge"


def test_a_registered_ranker_is_trained_saved_and_loaded(
    ridge: str, cells: list[str], labels: np.ndarray, tmp_path: Path
) -> None:
    ranker = ProxyRanker("paths", ridge, params={"alpha": 2.0}, intervals=True).fit(cells[:40], labels[:40])
    assert ranker.card.model == ridge
    assert ranker.card.params["alpha"] == 2.0
    assert ranker.card.intervals is not None
    assert ranker.card.pool == "filtered"  # it asks for one
    assert ranker.score(cells[40:], labels[40:]) > 0.5
    ranker.save(tmp_path / "r")
    again = ProxyRanker.load(tmp_path / "r")
    pd.testing.assert_frame_equal(again.rank(cells), ranker.rank(cells), check_exact=True)
    assert "ridge: ridge regression" in describe_models()


def test_an_installed_package_brings_one(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("mine", "of_my_own:RidgeRanker", "proxyrank.models"),
        EntryPoint("forest", "of_my_own:RidgeRanker", "proxyrank.models"),  # ours is not replaced
        EntryPoint("gone", "of_nobody:Ranker", "proxyrank.models"),
    ]
    monkeypatch.setattr(registered, "entry_points", lambda group: points)
    monkeypatch.setitem(sys.modules, "of_my_own", sys.modules[__name__])
    registered._installed.cache_clear()
    try:
        assert isinstance(make_model("mine", {"alpha": 3.0}), RidgeRanker)
        assert type(make_model("forest", {})).__name__ == "ForestRanker"
        assert "mine: RidgeRanker of the package of_my_own" in describe_models()
        with pytest.raises(ProxyrankError, match="of_nobody:Ranker cannot be loaded: No module named"):
            make_model("gone", {})
        with pytest.raises(ProxyrankError, match="the model mine is of_my_own:RidgeRanker already"):
            register_model("mine", "elsewhere", "Ranker")
    finally:
        registered._installed.cache_clear()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ProxyrankError, match="unknown model 'xgboost'; known: lightgbm, gp, "):
        make_model("xgboost", {})
    with pytest.raises(ProxyrankError, match="model forest has no parameter target; known: direction"):
        make_model("forest", {"target": "logit"})
    with pytest.raises(ProxyrankError, match="unknown target 'cube'"):
        make_model("gp", {"target": "cube"})


def test_a_pool_of_other_columns_is_refused() -> None:
    X, y = ranking_problem(20, 3)
    with pytest.raises(ProxyrankError, match=r"pool has shape \(20, 2\), expected \[m, 3\]"):
        RidgeRanker().fit(X, y, pool=X[:, :2])

"""Our rankers through the contract that proxyrank ships."""

from typing import Any, ClassVar

import numpy as np
import pytest

from proxyrank.models import (
    MODELS,
    AlsoRanker,
    AutoRanker,
    CommitteeRanker,
    EnsembleRanker,
    ForestRanker,
    GaussianProcessRanker,
    LightGBMRanker,
    ModelInfo,
    Stored,
    TabularRanker,
    TransferRanker,
)
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.testing.rankers import RankerContract


class TestLightGBM(RankerContract):
    ranker = LightGBMRanker
    params: ClassVar = {"n_estimators": 200}


class TestLambdarank(RankerContract):
    ranker = LightGBMRanker
    params: ClassVar = {"objective": "lambdarank", "n_estimators": 200}
    expected_failed_checks: ClassVar = {
        "check_regressors_train": "asks for R2 > 0.5, but the score of a ranking objective is unitless"
    }


class TestForest(RankerContract):
    ranker = ForestRanker


class TestGaussianProcess(RankerContract):
    ranker = GaussianProcessRanker
    params: ClassVar = {"steps": 20}


class TestProcessOfRanks(RankerContract):
    ranker = GaussianProcessRanker
    params: ClassVar = {"steps": 20, "engine": "numpy", "scaling": "normal"}


class TestEnsemble(RankerContract):
    ranker = EnsembleRanker
    params: ClassVar = {"folds": 2, "steps": 10, "tree_share": 0.1}  # as it is, it takes minutes


class TestAuto(RankerContract):
    ranker = AutoRanker
    params: ClassVar = {"folds": 2, "steps": 8, "tree_share": 0.05}


class FirstColumn(TabularRanker):
    """A source that needs no fit and takes rows of any width: it ranks by the first column."""

    stochastic = False
    seed_ = 0

    def __init__(self, *, direction: str = "max", random_state: int = 0, n_jobs: int = 1) -> None:
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def rank_score(self, X: np.ndarray) -> np.ndarray:
        width = X.shape[1]
        # on the class: scikit-learn checks that no fit changes the state of a parameter
        FirstColumn.n_features_in_, FirstColumn.feature_importances_ = width, np.eye(1, width)[0]
        return self._score(X)

    def _fit(self, X: np.ndarray, y: np.ndarray, context: FitContext) -> None: ...

    def _score(self, X: np.ndarray) -> np.ndarray:
        return np.nan_to_num(X[:, 0])

    def _importances(self) -> np.ndarray:
        return np.eye(1, self.n_features_in_)[0]

    def _state(self) -> Stored:
        return Stored()

    def _restore(self, stored: Stored) -> None: ...


class TestTransfer(RankerContract):
    ranker = TransferRanker
    expected_failed_checks: ClassVar = {
        "check_regressors_train": "asks for R2 > 0.5 of a label that the source knows nothing of"
    }

    def make(self, **params: Any) -> TransferRanker:
        return TransferRanker(FirstColumn(), source_model="first column", **params)

    @pytest.fixture(autouse=True)
    def _known_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(MODELS, "first column", ModelInfo("", __name__, "FirstColumn"))


class TestCommittee(RankerContract):
    ranker = CommitteeRanker
    params: ClassVar = {
        "members": [
            {"model": "lightgbm", "params": {"n_estimators": 40}, "columns": 0.9, "weight": 2},
            {"model": "gp", "params": {"engine": "numpy", "steps": 10}},
        ]
    }


class TestAlso(RankerContract):
    ranker = AlsoRanker
    params: ClassVar = {"params": {"n_estimators": 40}, "folds": 2}

    def make(self, **params: Any) -> AlsoRanker:
        return AlsoRanker(FirstColumn(), source_model="first column", **params)

    @pytest.fixture(autouse=True)
    def _known_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(MODELS, "first column", ModelInfo("", __name__, "FirstColumn"))

"""Gradient-boosted trees (LightGBM) on a transformed label, or on its grades with a ranking objective."""

import logging
import re
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike, NDArray

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.labels import SIGNS
from proxyrank.common.seeds import derive_rng
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.estimators._grades import GRADES, grade_labels, make_queries
from proxyrank.models.parts.checks import as_shares
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.targets import FloatArray, check_target, fit_target

_log = logging.getLogger(__name__)

OBJECTIVES: dict[str, bool] = {"regression": False, "lambdarank": True}
"""Objectives and whether they rank (grades and queries instead of a target)."""

SEARCHED_THRESHOLDS: dict[str, Any] = {
    "extra_trees": False,
    "n_estimators": 600,
    "learning_rate": 0.03,
    "num_leaves": 12,
    "colsample_bytree": 0.3,
}
"""Parameters of fewer, smaller trees with the best threshold of each split: the defaults before today's.
On NAS-Bench-201 with 1,024 labels they rank worse, with 64 and fewer about as well."""

MODEL_FILE = "model.txt"
MIN_COLUMNS = 8
_THREADS_LINE = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)


class LightGBMRanker(TabularRanker):
    """LightGBM on few trained architectures.

    Same rows, same model, in whatever order they come: rows are sorted first, ``deterministic`` and
    ``force_col_wise`` are set (every histogram is summed by one thread), and all seeds follow
    ``random_state``; the number of threads changes neither trees nor predictions. Columns are known to
    LightGBM by position only, so any name will do. Missing values are LightGBM's own; infinite ones are
    refused.

    Parameters
    ----------
    target
        Key of `TARGETS`, used by the objective ``regression``.
    objective
        ``regression`` (squared error on the target) or ``lambdarank`` (labels become at most 31 grades of
        equal size with linear gain, every pair counts, larger sets are cut into random queries).
    n_estimators, learning_rate, num_leaves, max_depth, reg_alpha, reg_lambda, extra_trees, max_bin
        As in LightGBM. A positive ``reg_lambda`` stops ``lambdarank`` early: its Hessians are tiny.
    min_child_samples
        Rows per leaf; None is n / 20, at least 2 and at most 5 with ``extra_trees``, 20 without, and 1 below
        4 rows.
    colsample_bytree
        Share of columns per tree; at least 8 columns (or all of fewer), constant ones not counted.
    subsample
        Share of rows a tree, drawn anew for each.
    scale
        Scale of the labels, as in `fit_target`.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is.
    max_query_rows
        Largest query of ``lambdarank``, at most 10,000; time grows with rows times this.
    random_state
        Seed (or a scikit-learn random state).
    n_jobs
        Threads of LightGBM; -1 takes all cores.

    Attributes
    ----------
    booster_ : lightgbm.Booster
        The trees.
    target_ : Target or None
        The fitted transform, None for ranking objectives.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the summed gain of splits.

    Notes
    -----
    `fit` takes ``qid``, the data set (or any id) of each row, in any order: ranking objectives compare rows
    of one id only, the objective ``regression`` does not look at it.

    References
    ----------
    Ke et al., LightGBM: a highly efficient gradient boosting decision tree, NeurIPS 2017. Burges, From
    RankNet to LambdaRank to LambdaMART, MSR-TR-2010-82.
    """

    fit_context = frozenset({"qid"})
    has_contributions = True

    def __init__(
        self,
        target: str = "logit",
        *,
        objective: str = "regression",
        n_estimators: int = 800,
        learning_rate: float = 0.04,
        num_leaves: int = 18,
        max_depth: int = -1,
        min_child_samples: int | None = None,
        colsample_bytree: float = 0.6,
        subsample: float = 1.0,
        reg_alpha: float = 0.0,
        reg_lambda: float = 0.0,
        extra_trees: bool = True,
        max_bin: int = 255,
        scale: str = "auto",
        direction: str = "max",
        max_query_rows: int = 2000,
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.target = target
        self.objective = objective
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.num_leaves = num_leaves
        self.max_depth = max_depth
        self.min_child_samples = min_child_samples
        self.colsample_bytree = colsample_bytree
        self.subsample = subsample
        self.reg_alpha = reg_alpha
        self.reg_lambda = reg_lambda
        self.extra_trees = extra_trees
        self.max_bin = max_bin
        self.scale = scale
        self.direction = direction
        self.max_query_rows = max_query_rows
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def score_is_label(self) -> bool:
        """Whether `predict` answers in label units (not so for ranking objectives)."""
        return not OBJECTIVES[self.objective]

    def check_params(self) -> None:
        """Refuse wrong parameters."""
        super().check_params()
        check_target(self.target)
        if self.objective not in OBJECTIVES:
            raise unknown("objective", self.objective, OBJECTIVES)
        if not 2 <= self.max_query_rows <= 10_000:
            raise ProxyrankError(f"max_query_rows must lie in 2..10000, got {self.max_query_rows}")

    def contributions(self, X: ArrayLike) -> FloatArray:
        """TreeSHAP of `rank_score`, shape [n, d + 1]: one share per column and, last, the base value.

        The shares of a row and the base value sum to its score (Lundberg et al., From local explanations to
        global understanding with explainable AI for trees, Nature Machine Intelligence 2020).
        """
        return self._predicted(self._checked(X), pred_contrib=True)

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        if OBJECTIVES[self.objective]:
            ids = np.zeros(len(y)) if context.qid is None else context.qid
            self._train_ranking(X, SIGNS[self.direction] * y, np.unique(ids, return_inverse=True)[1])
        else:
            self.target_ = fit_target(self.target, y, direction=self.direction, scale=self.scale)
            self._train(X, self.target_.transform(y))

    def _score(self, X: FloatArray) -> FloatArray:
        return self._predicted(X)

    def _importances(self) -> FloatArray:
        return self.gain_

    def _state(self) -> Stored:
        # from the text model the gains would come back with fewer digits
        text = _THREADS_LINE.sub("", self.booster_.model_to_string())
        return Stored({"importances": self.gain_.tolist()}, files={MODEL_FILE: text.encode()})

    def _restore(self, stored: Stored) -> None:
        import lightgbm

        self.gain_ = np.asarray(stored.values["importances"], dtype=np.float64)
        self.booster_ = lightgbm.Booster(model_str=stored.files[MODEL_FILE].decode())

    def _predicted(self, X: FloatArray, **options: Any) -> FloatArray:
        found = self.booster_.predict(X, num_threads=effective_n_jobs(self.n_jobs), **options)
        return np.asarray(found, dtype=np.float64)

    def _lightgbm_params(self, X: FloatArray) -> dict[str, Any]:
        n = len(X)
        varying = int(((X[0] != X).any(axis=0) & ~np.isnan(X).all(axis=0)).sum())
        leaf = self.min_child_samples
        if leaf is None:
            leaf = 1 if n < 4 else max(2, min(5 if self.extra_trees else 20, n // 20))
        return {
            "objective": self.objective,
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "max_depth": self.max_depth,
            "min_data_in_leaf": leaf,
            "min_data_in_bin": min(3, leaf),
            # 0 in effect. Exactly 0 lets rounding errors of ranking Hessians make leaves without rows, a
            # fatal error; the default, 1e-3, stops ranking objectives after a few splits.
            "min_sum_hessian_in_leaf": 1e-8,
            "feature_fraction": max(self.colsample_bytree, min(1.0, MIN_COLUMNS / max(1, varying))),
            "bagging_fraction": self.subsample,
            "bagging_freq": int(self.subsample < 1),
            "lambda_l1": self.reg_alpha,
            "lambda_l2": self.reg_lambda,
            "extra_trees": self.extra_trees,
            "max_bin": self.max_bin,
            "seed": self.seed_,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": effective_n_jobs(self.n_jobs),
            "verbosity": -1,
        }

    def _train(self, X: FloatArray, z: FloatArray, query_sizes: list[int] | None = None) -> None:
        import lightgbm

        params = self._lightgbm_params(X)
        if query_sizes is not None:
            params["label_gain"] = list(range(GRADES))
            params["lambdarank_truncation_level"] = max(query_sizes)
        data = lightgbm.Dataset(X, z, group=query_sizes, params={"verbosity": -1})
        self.booster_ = lightgbm.train(params, data, num_boost_round=self.n_estimators)
        self.gain_ = as_shares(np.asarray(self.booster_.feature_importance("gain"), dtype=np.float64))

    def _train_ranking(self, X: FloatArray, y: FloatArray, ids: NDArray[np.intp]) -> None:
        order = np.argsort(ids, kind="stable")
        X, y, ids = X[order], y[order], ids[order]
        rng = derive_rng("queries", self.seed_)
        rows, sizes = make_queries(ids, self.max_query_rows, rng)
        if len(sizes) > ids[-1] + 1:
            _log.warning(
                "%d rows in %d queries of at most %d rows, drawn at random: a ranking objective "
                "compares rows of one query only",
                len(y),
                len(sizes),
                self.max_query_rows,
            )
        self._train(X[rows], grade_labels(y, ids)[rows], sizes)

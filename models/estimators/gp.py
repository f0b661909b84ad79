"""A Gaussian process on a transformed label: the strongest single model on a few hundred labels."""

from dataclasses import replace
from typing import Any

import numpy as np

from proxyrank.common.errors import MissingDependencyError, ProxyrankError, unknown
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.parts.arrays import flatten, rebuild
from proxyrank.models.parts.checks import as_shares
from proxyrank.models.parts.engines import ENGINES
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.kernel import Posterior, condition
from proxyrank.models.parts.scalings import ColumnScores, check_scaling, fit_scaling
from proxyrank.models.parts.screening import screening_weights
from proxyrank.models.parts.standardise import Standardiser
from proxyrank.models.parts.targets import FloatArray, check_target, fit_target


class GaussianProcessRanker(TabularRanker):
    """Gaussian process, Matern 3/2, one length scale per column, maximum a posteriori (see `kernel`).

    Fitting by the engine ``gpytorch`` needs torch and GPyTorch, predicting never does. Rows are sorted first;
    the seed is not used.

    Parameters
    ----------
    target
        Key of `TARGETS`.
    penalty
        Of the squared log weights of the columns; larger keeps the length scales together.
    steps, learning_rate
        Of Adam.
    fit_rows
        Rows that a step of the hyperparameters' fit sees where there are more: drawn for each step by the
        engine ``numpy``, once by ``gpytorch``. None takes all. The process is conditioned on all rows anyway.
    screen
        Power of a column's rank correlation with the labels that its prior weight has (`screening_weights`);
        0 weighs all columns alike.
    scaling
        Key of `SCALINGS`, what is made of the columns by the pool.
    engine
        Key of `ENGINES`, what finds the length scales: ``gpytorch``, or ``numpy``, the same maximum several
        times as fast, which differs in the last digits.
    scale
        Scale of the labels, as in `fit_target`.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is.
    random_state
        Taken for the sake of a common interface.
    n_jobs
        Taken likewise; a fit uses one, so that its bytes do not depend on the machine.

    Attributes
    ----------
    posterior_ : Posterior
        The fitted process.
    target_ : Target
        The fitted transform.
    left_out_ : ndarray of shape (n,)
        Transformed label of each row predicted from the rows of other groups, in the order of `fit`.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the squared inverse length scale.
    """

    fit_context = frozenset({"pool", "groups", "lengths"})
    stochastic = False
    averages_equal = "graph"
    interval_folds = 5  # a fit takes seconds; `left_out_` has seen its row through the length scales
    arrays_file = "process.npz"

    def __init__(
        self,
        target: str = "logit",
        *,
        penalty: float = 0.05,
        steps: int = 40,
        learning_rate: float = 0.1,
        fit_rows: int | None = None,
        screen: float = 0.0,
        scaling: str = "standard",
        engine: str = "gpytorch",
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.target = target
        self.penalty = penalty
        self.steps = steps
        self.learning_rate = learning_rate
        self.fit_rows = fit_rows
        self.screen = screen
        self.scaling = scaling
        self.engine = engine
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def check_params(self) -> None:
        """Refuse wrong parameters."""
        super().check_params()
        check_target(self.target)
        if self.fit_rows is not None and self.fit_rows < 2:
            raise ProxyrankError(f"fit_rows must be at least 2, got {self.fit_rows}")
        if self.screen < 0:
            raise ProxyrankError(f"screen must be at least 0, got {self.screen}")
        check_scaling(self.scaling)
        if self.engine not in ENGINES:
            raise unknown("engine of the Gaussian process", self.engine, ENGINES)

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        self.scores_, self.standardiser_ = fit_scaling(self.scaling, context.pool)
        rows = self.scaled(X)
        self.target_ = fit_target(self.target, y, direction=self.direction, scale=self.scale)
        z = self.target_.transform(y)
        emphasis = screening_weights(rows, z, self.screen) ** 0.5
        lengths = None if context.lengths is None else context.lengths * emphasis
        try:
            hyper = ENGINES[self.engine](
                rows * emphasis,
                z,
                penalty=self.penalty,
                steps=self.steps,
                rate=self.learning_rate,
                lengths=lengths,
                most=self.fit_rows,
            )
        except ImportError as error:
            raise MissingDependencyError(
                f"fitting a Gaussian process needs {error.name}: pip install {error.name}"
            ) from None
        own = hyper.lengths / emphasis if context.lengths is None else context.lengths
        hyper = replace(hyper, lengths=own)
        self.posterior_, left_out = condition(rows, z, hyper, context.blocks)
        self.left_out_ = context.as_given(left_out)

    def scaled(self, X: FloatArray) -> FloatArray:
        """Rows [n, kept], as the kernel sees them before its length scales, of rows [n, d]."""
        return self.standardiser_.transform(X if self.scores_ is None else self.scores_.transform(X))

    def _score(self, X: FloatArray) -> FloatArray:
        return self.posterior_.predict(self.scaled(X))

    def _importances(self) -> FloatArray:
        weights = np.zeros(self.n_features_in_)
        weights[self.standardiser_.kept] = self.posterior_.lengths**-2.0
        return as_shares(weights)

    def _state(self) -> Stored:
        scores = {} if self.scores_ is None else flatten(self.scores_, "scores_")
        return Stored(
            arrays={**flatten(self.standardiser_), **flatten(self.posterior_, "process_"), **scores}
        )

    def _restore(self, stored: Stored) -> None:
        standard = self.scaling == "standard"
        self.scores_ = None if standard else rebuild(ColumnScores, stored.arrays, "scores_")
        self.standardiser_ = rebuild(Standardiser, stored.arrays)
        self.posterior_ = rebuild(Posterior, stored.arrays, "process_")

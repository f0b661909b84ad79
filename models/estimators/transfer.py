"""A ranker of one data set carried over to another by a few of its labels.

The source's score, as a normal score of its rank, is the mean of a Gaussian process on the new label; what
the process learns from the few labels is where the new data set differs. Without signal in the residuals it
stays with the source.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy.special import ndtri

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.estimators._nested import pack_inner, unpack_inner
from proxyrank.models.parts.arrays import flatten, rebuild
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.kernel import START, Posterior, condition, fit_hyperparameters
from proxyrank.models.parts.ranks import RankMap, fit_rank_map
from proxyrank.models.parts.shares import better_share, tau_of_share
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.models.parts.targets import FloatArray, check_target, fit_target
from proxyrank.models.registered import model_class

EDGE = 1e-3
CORRECTION_SHARES = (0.25, 0.5, 1.0)
"""Shares of the correction that are tried, each against the one before; none at all comes first."""
STANDARD_ERRORS = 0.25
"""Standard errors of KT, about 0.4 / sqrt n here, by which a larger share must win out of fold."""


class TransferRanker(TabularRanker):
    """Source ranker plus a Gaussian process on what it leaves over.

    Parameters
    ----------
    source
        A fitted ranker; its columns are those of this one. It stays fitted, in a clone too.
    source_model
        Its key of `MODELS`.
    columns
        Positions of the columns that the process sees; None takes all.
    target
        Key of `TARGETS` for the new label.
    scale, direction
        Of the new labels, as in `fit_target`.
    random_state, n_jobs
        Taken for the sake of a common interface.

    Attributes
    ----------
    slope_, intercept_ : float
        Of the new target on the source's normal score.
    posterior_ : Posterior
        The process on the residuals, one length scale for all columns: few labels choose no columns.
    share_ : float
        Share of its correction that is applied.
    oof_score_ : ndarray of shape (n,)
        Transformed label of each row predicted without its group.
    """

    fit_context = frozenset({"pool", "groups"})
    stochastic = False
    least_rows = 3
    arrays_file = "transfer.npz"
    unstored = frozenset({"source", "columns"})

    def __init__(
        self,
        source: Any = None,
        *,
        source_model: str = "lightgbm",
        columns: Sequence[int] | None = None,
        target: str = "quantile-normal",
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.source = source
        self.source_model = source_model
        self.columns = columns
        self.target = target
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_clone__(self) -> Self:
        return type(self)(**self.get_params(deep=False))

    def check_params(self) -> None:
        """Refuse wrong parameters, and a transfer from nothing."""
        super().check_params()
        check_target(self.target)
        if self.source is None:
            raise ProxyrankError("a transfer starts from a fitted ranker: use `proxyrank transfer RANKER`")

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        self.columns_ = np.arange(X.shape[1]) if self.columns is None else np.array(self.columns)
        self.map_ = fit_rank_map(self.source.rank_score(context.pool))
        self.standardiser_ = fit_standardiser(context.pool[:, self.columns_])
        self.target_ = fit_target(self.target, y, direction=self.direction, scale=self.scale)
        z = self.target_.transform(y)
        known = self._source_score(X)
        spread = float(known.var())
        self.slope_ = max(0.0, float(np.cov(known, z, ddof=0)[0, 1]) / spread) if spread else 0.0
        self.intercept_ = float(z.mean() - self.slope_ * known.mean())
        carried = self.intercept_ + self.slope_ * known
        rows = self.standardiser_.transform(X[:, self.columns_])
        lengths = np.full(rows.shape[1], START * max(1, rows.shape[1]) ** 0.5)
        hyper = fit_hyperparameters(rows, z - carried, penalty=0.0, lengths=lengths)
        self.posterior_, left_out = condition(rows, z - carried, hyper, context.blocks)
        self.share_ = _share_of_correction(carried, left_out, z)
        self.oof_score_ = context.as_given(carried + self.share_ * left_out)

    def _score(self, X: FloatArray) -> FloatArray:
        rows = self.standardiser_.transform(X[:, self.columns_])
        carried = self.intercept_ + self.slope_ * self._source_score(X)
        score: FloatArray = carried + self.share_ * self.posterior_.predict(rows)
        return score

    def _importances(self) -> FloatArray:
        """The source's: the correction is small beside it."""
        return np.asarray(self.source.feature_importances_, dtype=np.float64)

    def _state(self) -> Stored:
        source, files = pack_inner(self.source, "source-")
        values = {
            "slope": self.slope_,
            "intercept": self.intercept_,
            "share": self.share_,
            "source": source,
        }
        arrays = {
            "columns": self.columns_,
            "map": np.stack([self.map_.scores, self.map_.ranks]),
            **flatten(self.standardiser_),
            **flatten(self.posterior_, "process_"),
        }
        return Stored(values, arrays, files)

    def _restore(self, stored: Stored) -> None:
        values, arrays = stored.values, stored.arrays
        self.slope_, self.intercept_ = float(values["slope"]), float(values["intercept"])
        self.share_ = float(values["share"])
        self.columns_ = arrays["columns"]
        self.map_ = RankMap(*arrays["map"])
        self.standardiser_ = rebuild(Standardiser, arrays)
        self.posterior_ = rebuild(Posterior, arrays, "process_")
        self.source = unpack_inner(model_class(self.source_model), values["source"], stored.files, "source-")

    def _source_score(self, X: FloatArray) -> FloatArray:
        """Normal score [n] of the source's rank in the pool."""
        normal: FloatArray = ndtri(np.clip(self.map_(self.source.rank_score(X)), EDGE, 1 - EDGE))
        return normal


def _share_of_correction(carried: FloatArray, correction: FloatArray, z: FloatArray) -> float:
    """Share of the left-out corrections [n] with the best KT; the smaller one where they are level."""
    tau = tau_of_share(lambda share: carried + share * correction, z)
    share = 0.0
    for larger in CORRECTION_SHARES:
        share = better_share(tau, share, [larger], gain=STANDARD_ERRORS * 0.4 / len(z) ** 0.5)
    return share

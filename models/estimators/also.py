"""A ranker that another label helps: what a ranker of that label says of a network is one more column.

The column is used only where rankings of rows that were not fitted to say that it pays.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS
from proxyrank.models.base import Stored, TabularRanker
from proxyrank.models.estimators._nested import pack_inner, unpack_inner
from proxyrank.models.parts.blocks import block_folds
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.models.parts.shares import tau_of_share
from proxyrank.models.parts.targets import FloatArray
from proxyrank.models.registered import model_class

LEAST_GAIN = 0.001
"""Gain in Kendall's tau out of fold for which the column is used."""


class AlsoRanker(TabularRanker):
    """A ranker on its columns and, where that pays, on the score of a ranker of another label.

    Parameters
    ----------
    source
        A fitted ranker of the other label, on the same columns, that has not seen the networks fitted to. It
        stays fitted, in a clone too.
    source_model
        Its key of `MODELS`.
    model, params
        The ranker that is fitted: its key of `MODELS`, and its parameters over the defaults.
    folds
        Of the comparison; rows of one group stay in one fold.
    direction, random_state, n_jobs
        Of the ranker that is fitted.

    Attributes
    ----------
    inner_ : TabularRanker
        The fitted ranker.
    uses_source_ : bool
        Whether it sees the other label's score, as its last column.
    oof_score_ : ndarray of shape (n,)
        Score of each row by a ranker of the other folds.
    """

    fit_context = frozenset({"groups"})
    least_rows = 4
    arrays_file = "also.npz"
    unstored = frozenset({"source"})

    def __init__(
        self,
        source: Any = None,
        *,
        source_model: str = "lightgbm",
        model: str = "lightgbm",
        params: Mapping[str, Any] | None = None,
        folds: int = 5,
        direction: str = "max",
        random_state: Any = 0,
        n_jobs: int | None = 1,
    ) -> None:
        self.source = source
        self.source_model = source_model
        self.model = model
        self.params = params
        self.folds = folds
        self.direction = direction
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_clone__(self) -> Self:
        return type(self)(**self.get_params(deep=False))

    @property
    def score_is_label(self) -> bool:
        """As of the ranker that is fitted."""
        return self._make(0).score_is_label

    def check_params(self) -> None:
        """Refuse wrong parameters, and a fit without another label."""
        super().check_params()
        if self.source is None:
            raise ProxyrankError("a ranker of another label is needed: use `proxyrank train --also LABEL`")
        self._make(0).check_params()

    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        wide = self._widened(X)
        folds = list(block_folds(context.blocks, self.folds, seed=self.seed_ % 2**32))
        found: list[FloatArray] = []
        for rows in (X, wide):
            score = np.zeros(len(y))
            for train, test in folds:
                if np.ptp(y[train]):
                    fitted = self._make(self.seed_).fit(rows[train], y[train])
                    score[test] = fitted.rank_score(rows[test])
            found.append(score)
        tau = tau_of_share(lambda share: found[int(share)], SIGNS[self.direction] * y)
        self.uses_source_ = bool(tau(1.0) > tau(0.0) + LEAST_GAIN)
        self.inner_ = self._make(self.seed_).fit(wide if self.uses_source_ else X, y)
        self.target_ = self.inner_.target_
        self.oof_score_ = context.as_given(found[int(self.uses_source_)])

    def _score(self, X: FloatArray) -> FloatArray:
        return self.inner_.rank_score(self._widened(X) if self.uses_source_ else X)

    def label_of(self, score: FloatArray) -> FloatArray:
        """As of the ranker that is fitted."""
        return self.inner_.label_of(score)

    def _importances(self) -> FloatArray:
        """Of the ranker that is fitted; what the other label's score has goes to that ranker's columns."""
        own = np.asarray(self.inner_.feature_importances_, dtype=np.float64)
        if not self.uses_source_:
            return own
        shares: FloatArray = own[:-1] + own[-1] * np.asarray(self.source.feature_importances_)
        return shares

    def _state(self) -> Stored:
        source, files = pack_inner(self.source, "source-")
        inner, own = pack_inner(self.inner_, "inner-")
        return Stored({"uses": self.uses_source_, "source": source, "inner": inner}, files={**files, **own})

    def _restore(self, stored: Stored) -> None:
        self.uses_source_ = bool(stored.values["uses"])
        self.source = unpack_inner(
            model_class(self.source_model), stored.values["source"], stored.files, "source-"
        )
        self.inner_ = unpack_inner(model_class(self.model), stored.values["inner"], stored.files, "inner-")

    def _make(self, seed: int) -> TabularRanker:
        options = {"direction": self.direction, "random_state": seed, "n_jobs": self.n_jobs}
        return model_class(self.model)(**{**(self.params or {}), **options})

    def _widened(self, X: FloatArray) -> FloatArray:
        return np.column_stack([X, self.source.rank_score(X)])

"""A ranker of one data set carried over to another by a few of its labels.

The source's score, as a normal score of its rank, is the mean of a Gaussian process on the new label; what
the process learns from the few labels is where the new data set differs. Without signal in the residuals it
stays with the source.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from scipy.stats import kendalltau
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_array, check_is_fitted

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import check_direction
from proxyrank.models.base import Ranker, as_seed, canonical_order, check_spread
from proxyrank.models.parts.kernel import START, Posterior, condition, fit_hyperparameters
from proxyrank.models.parts.ranks import RankMap, fit_rank_map
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.models.parts.targets import FloatArray, Target, fit_target

ARRAYS_FILE = "transfer.npz"
EDGE = 1e-3
SHARES = (0.0, 0.25, 0.5, 1.0)
PAYS = 0.25
"""Standard errors of KT, about 0.4 / sqrt n here, by which a larger share must win out of fold."""


class TransferRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Source ranker plus a Gaussian process on what it leaves over.

    Parameters
    ----------
    source
        A fitted ranker; its columns are those of this one.
    source_model
        Its key of `MODELS`.
    columns
        Positions of the columns that the process sees; None takes all.
    target
        Key of `TARGETS` for the new label.
    scale, direction
        Of the new labels, as in `fit_target`.
    random_state, threads
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

    score_is_label = True

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
        threads: int = 1,
    ) -> None:
        self.source = source
        self.source_model = source_model
        self.columns = columns
        self.target = target
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.threads = threads

    def fit(
        self, X: ArrayLike, y: ArrayLike, pool: ArrayLike | None = None, groups: Sequence[Any] | None = None
    ) -> Self:
        """Fit to the few: features [n, d] in the source's columns, finite labels [n] of the new data set.

        Parameters
        ----------
        X, y
            Features and labels, n at least 3.
        pool
            Rows [m, d] without labels, by which columns are standardised and source scores ranked; else X.
        groups
            Equal for rows that are the same network.

        Raises
        ------
        ProxyrankError
            If there is no source, an option is unknown or all labels are equal.
        """
        if self.source is None:
            raise ProxyrankError("a transfer starts from a fitted ranker: use `proxyrank transfer RANKER`")
        check_direction(self.direction)
        features = check_array(X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=3)
        labels = np.asarray(y, dtype=np.float64)
        check_spread(labels)
        self.n_features_in_ = features.shape[1]
        self.seed_ = as_seed(self.random_state)
        order = canonical_order(features, labels)
        features, labels = features[order], labels[order]
        everyone = features if pool is None else np.asarray(pool, dtype=np.float64)
        self.columns_ = np.arange(features.shape[1]) if self.columns is None else np.array(self.columns)
        self.map_ = fit_rank_map(self.source.rank_score(everyone))
        self.standardiser_ = fit_standardiser(everyone[:, self.columns_])
        self.target_ = fit_target(self.target, labels, direction=self.direction, scale=self.scale)
        z = self.target_.transform(labels)
        known = self._source(features)
        spread = float(known.var())
        self.slope_ = max(0.0, float(np.cov(known, z, ddof=0)[0, 1]) / spread) if spread else 0.0
        self.intercept_ = float(z.mean() - self.slope_ * known.mean())
        carried = self.intercept_ + self.slope_ * known
        rows = self.standardiser_.transform(features[:, self.columns_])
        lengths = np.full(rows.shape[1], START * max(1, rows.shape[1]) ** 0.5)
        hyper = fit_hyperparameters(rows, z - carried, penalty=0.0, lengths=lengths)
        blocks = list(range(len(z))) if groups is None else [groups[i] for i in order]
        self.posterior_, left_out = condition(rows, z - carried, hyper, blocks)
        assert left_out is not None
        self.share_ = _best_share(carried, left_out, z)
        self.oof_score_ = np.empty(len(z))
        self.oof_score_[order] = carried + self.share_ * left_out
        self._set_importances()
        return self

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels of the new data set, shape [n]."""
        return self.label_of(self.rank_score(X))

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Predicted transformed label, shape [n]; larger is better."""
        check_is_fitted(self, "posterior_")
        features = check_array(X, dtype=np.float64, ensure_all_finite="allow-nan")
        rows = self.standardiser_.transform(features[:, self.columns_])
        carried = self.intercept_ + self.slope_ * self._source(features)
        score: FloatArray = carried + self.share_ * self.posterior_.predict(rows)
        return score

    def label_of(self, score: FloatArray) -> FloatArray:
        """Label of a `rank_score`, shape [n]."""
        return self.target_.inverse(score)

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Parameters, the source's state and files, and the process's arrays; nothing pickled."""
        check_is_fitted(self, "posterior_")
        state, files = self.source.export()
        params = {k: v for k, v in self.get_params(deep=False).items() if k not in ("source", "columns")}
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {
            "columns": self.columns_,
            "map": np.stack([self.map_.scores, self.map_.ranks]),
            **vars(self.standardiser_),
            **{f"process_{name}": value for name, value in vars(self.posterior_).items()},
        }
        np.savez(buffer, **arrays)
        exported = {
            "params": {**params, "random_state": self.seed_},
            "n_features": self.n_features_in_,
            "target": self.target_.to_dict(),
            "slope": self.slope_,
            "intercept": self.intercept_,
            "share": self.share_,
            "source": {"state": state, "files": list(files)},
        }
        return exported, {
            **{f"source-{name}": data for name, data in files.items()},
            ARRAYS_FILE: buffer.getvalue(),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Make the fitted model that `export` described."""
        from proxyrank.models.catalogue import model_class

        source = state["source"]
        own = {name: files[f"source-{name}"] for name in source["files"]}
        model = cls(
            model_class(state["params"]["source_model"]).restore(source["state"], own), **state["params"]
        )
        model.seed_ = int(state["params"]["random_state"])
        model.n_features_in_ = int(state["n_features"])
        model.target_ = Target.from_dict(state["target"])
        model.slope_, model.intercept_ = float(state["slope"]), float(state["intercept"])
        model.share_ = float(state["share"])
        with np.load(io.BytesIO(files[ARRAYS_FILE]), allow_pickle=False) as arrays:
            model.columns_ = arrays["columns"]
            model.map_ = RankMap(*arrays["map"])
            statistics = {field.name: arrays[field.name] for field in fields(Standardiser)}
            process = {field.name: arrays[f"process_{field.name}"] for field in fields(Posterior)}
        model.standardiser_ = Standardiser(**statistics)
        scalars = {name: float(value) for name, value in process.items() if value.ndim == 0}
        model.posterior_ = Posterior(**{**process, **scalars})
        model._set_importances()
        return model

    def _source(self, X: FloatArray) -> FloatArray:
        """Normal score [n] of the source's rank in the pool."""
        source: Ranker = self.source
        normal: FloatArray = ndtri(np.clip(self.map_(source.rank_score(X)), EDGE, 1 - EDGE))
        return normal

    def _set_importances(self) -> None:
        """The source's: the correction is small beside it."""
        self.feature_importances_ = np.asarray(self.source.feature_importances_, dtype=np.float64)


def _best_share(carried: FloatArray, correction: FloatArray, z: FloatArray) -> float:
    """Share of the left-out corrections [n] with the best KT; the smaller one where they are level."""
    needed = PAYS * 0.4 / len(z) ** 0.5
    best, found = 0.0, -1.0
    for share in SHARES:
        tau = float(np.nan_to_num(kendalltau(carried + share * correction, z)[0]))
        if tau > found + (needed if share else 0.0):
            best, found = share, tau
    return best

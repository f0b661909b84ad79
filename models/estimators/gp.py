"""A Gaussian process on a transformed label: the strongest single model on a few hundred labels."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import check_direction
from proxyrank.models.base import as_seed, canonical_order, check_spread
from proxyrank.models.parts.kernel import Hyperparameters, Posterior, condition, fit_hyperparameters
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.models.parts.targets import FloatArray, Target, fit_target

MODEL_FILE = "process.npz"


class GaussianProcessRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Gaussian process, Matern 3/2, one length scale a column, maximum a posteriori (see `kernel`).

    Fitting needs torch and GPyTorch, predicting does not. Rows are sorted first; the seed is not used.

    Parameters
    ----------
    target
        Key of `TARGETS`.
    penalty
        Of the squared log weights of the columns; larger keeps the length scales together.
    steps, learning_rate
        Of Adam.
    scale
        Scale of the labels, as in `fit_target`.
    direction
        ``max`` where a larger label is better, ``min`` where a smaller one is.
    random_state
        Taken for the sake of a common interface.
    threads
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

    score_is_label = True
    fit_context = frozenset({"pool", "groups"})
    conformal_folds = 5  # a fit takes seconds; `left_out_` has seen its row through the length scales

    def __init__(
        self,
        target: str = "logit",
        *,
        penalty: float = 0.05,
        steps: int = 40,
        learning_rate: float = 0.1,
        scale: str = "auto",
        direction: str = "max",
        random_state: Any = 0,
        threads: int = 1,
    ) -> None:
        self.target = target
        self.penalty = penalty
        self.steps = steps
        self.learning_rate = learning_rate
        self.scale = scale
        self.direction = direction
        self.random_state = random_state
        self.threads = threads

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        pool: ArrayLike | None = None,
        groups: Sequence[Any] | None = None,
        lengths: FloatArray | None = None,
    ) -> Self:
        """Fit to features [n, d] (NaN where missing) and finite labels [n].

        Parameters
        ----------
        X, y
            Features and labels.
        pool
            Rows [m, d] without labels that the columns are standardised by; those of X if not given.
        groups
            Block of each row for `left_out_`; each row is its own if not given.
        lengths
            Length scales of the columns that vary, taken over from another fit on the same rows.

        Raises
        ------
        ProxyrankError
            If an option is unknown, all labels are equal, or GPyTorch is not installed.
        ValueError
            If there are fewer than 2 rows, a label is not finite or a feature is infinite.
        """
        check_direction(self.direction)
        features, labels = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        labels = np.asarray(labels, dtype=np.float64)
        check_spread(labels)
        self.seed_ = as_seed(self.random_state)
        order = canonical_order(features, labels)
        self.standardiser_ = fit_standardiser(
            features[order] if pool is None else np.asarray(pool, dtype=np.float64)
        )
        rows = self.standardiser_.transform(features[order])
        self.target_ = fit_target(self.target, labels, direction=self.direction, scale=self.scale)
        z = self.target_.transform(labels[order])
        try:
            hyper = fit_hyperparameters(
                rows,
                z,
                penalty=self.penalty,
                steps=self.steps,
                rate=self.learning_rate,
                lengths=lengths,
            )
        except ImportError as error:
            raise ProxyrankError(
                f"fitting a Gaussian process needs {error.name}: pip install {error.name}"
            ) from None
        blocks = list(range(len(z))) if groups is None else [groups[i] for i in order]
        self.posterior_, left_out = condition(rows, z, hyper, blocks)
        assert left_out is not None
        self.left_out_ = np.empty(len(z))
        self.left_out_[order] = left_out
        self.noise_ = hyper.noise
        self._set_importances()
        return self

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels, shape [n], in label units."""
        return self.label_of(self.rank_score(X))

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Posterior mean of the transformed label, shape [n]; larger is better."""
        check_is_fitted(self, "posterior_")
        features = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self.posterior_.predict(self.standardiser_.transform(features))

    def label_of(self, score: FloatArray) -> FloatArray:
        """Label of a `rank_score`, shape [n]."""
        return self.target_.inverse(score)

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Parameters and target for a JSON file, and the arrays as an ``npz`` file without objects."""
        check_is_fitted(self, "posterior_")
        buffer = io.BytesIO()
        process = {f"process_{name}": value for name, value in vars(self.posterior_).items()}
        np.savez(buffer, **vars(self.standardiser_), **process)
        state = {
            "params": {**self.get_params(), "random_state": self.seed_},
            "n_features": self.n_features_in_,
            "target": self.target_.to_dict(),
            "noise": self.noise_,
        }
        return state, {MODEL_FILE: buffer.getvalue()}

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Make the fitted model that `export` described."""
        model = cls(**state["params"])
        model.seed_ = int(state["params"]["random_state"])
        model.n_features_in_ = int(state["n_features"])
        model.target_ = Target.from_dict(state["target"])
        model.noise_ = float(state["noise"])
        with np.load(io.BytesIO(files[MODEL_FILE]), allow_pickle=False) as arrays:
            columns = {field.name: arrays[field.name] for field in fields(Standardiser)}
            process = {field.name: arrays[f"process_{field.name}"] for field in fields(Posterior)}
        model.standardiser_ = Standardiser(**columns)
        scalars = {name: float(value) for name, value in process.items() if value.ndim == 0}
        model.posterior_ = Posterior(**{**process, **scalars})
        model._set_importances()
        return model

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Length scales of the kept columns and the two variances."""
        return Hyperparameters(self.posterior_.lengths, self.posterior_.scale, self.noise_)

    def _set_importances(self) -> None:
        share = np.zeros(self.n_features_in_)
        share[self.standardiser_.kept] = self.posterior_.lengths**-2.0
        self.feature_importances_ = share / (share.sum() or 1.0)

"""The base of every ranker: a scikit-learn regressor on feature arrays that also ranks and saves itself.

A ranker is a class with a constructor and the five methods that `TabularRanker` leaves open. What else it can
do it declares on the class; nobody asks an instance what attributes it happens to have.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, check_direction
from proxyrank.models.parts.arrays import pack_arrays, unpack_arrays
from proxyrank.models.parts.checks import as_seed, check_spread
from proxyrank.models.parts.fit_context import FitContext, canonical_order, make_context
from proxyrank.models.parts.targets import FloatArray, Target


@dataclass(frozen=True)
class Stored:
    """A fitted state, ready for files: JSON values, arrays by name, and whole files by name."""

    values: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


class TabularRanker(RegressorMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """Base of rankers on feature arrays.

    A subclass has the parameters ``direction``, ``random_state`` and ``n_jobs`` beside its own, stores them
    in its constructor and does nothing else there, as scikit-learn has it. It implements `_fit`, `_score`,
    `_importances`, `_state` and `_restore`; the rest is here: checks, seed, canonical order of rows, tags,
    predictions in label units, the files.

    Attributes
    ----------
    fit_context : frozenset of str
        Class attribute: fields of `FitContext` that `fit` takes by keyword.
    stochastic : bool
        Class attribute: whether ``random_state`` changes the fit.
    least_rows : int
        Class attribute: fewest rows that can be fitted.
    interval_folds : int
        Class attribute: folds of the refits that prediction intervals come from where there is no
        ``oof_score_``. With five, refits on four fifths of the rows err visibly more than the ranker itself.
    averages_equal : str
        Class attribute: which columns that tell equal networks apart come as means over them, unless a caller
        says otherwise (`ProxyRanker`): ``all``, those of ``graph`` features, or ``none``.
    has_contributions : bool
        Class attribute: whether `contributions` answers.
    settles : frozenset of str
        Class attribute: families of columns that it looks at only where they pay out of fold.
    label_sees_oof : bool
        Class attribute: whether `label_of` was fitted to ``oof_score_``, so that labels of those scores have
        seen their own rows.
    arrays_file : str
        Class attribute: name of the file with the arrays.
    feature_importances_ : ndarray of shape (n_features,)
        Share of each column in the fitted model.
    target_ : Target or None
        The fitted transform of the label, where there is one; scores are then transformed labels.
    oof_score_ : ndarray of shape (n,) or None
        Score of each row of `fit`, in its order, predicted without the rows of its network. Not stored.
    used_columns_ : set of int or None
        Positions of the columns that the model looks at, the others may be missing; None means all.

    Examples
    --------
    >>> import numpy as np
    >>> from proxyrank import TabularRanker
    >>> from proxyrank.models import Stored
    >>> class BestColumn(TabularRanker):  # ranks by the column that goes with the labels best
    ...     stochastic = False
    ...
    ...     def __init__(self, *, direction="max", random_state=0, n_jobs=1):
    ...         self.direction, self.random_state, self.n_jobs = direction, random_state, n_jobs
    ...
    ...     def _fit(self, X, y, context):
    ...         self.slopes_ = np.cov(np.nan_to_num(X).T, y if self.direction == "max" else -y)[-1, :-1]
    ...
    ...     def _score(self, X):
    ...         best = np.abs(self.slopes_).argmax()
    ...         return self.slopes_[best] * np.nan_to_num(X[:, best])
    ...
    ...     def _importances(self):
    ...         return np.abs(self.slopes_) / np.abs(self.slopes_).sum()
    ...
    ...     def _state(self):
    ...         return Stored(arrays={"slopes": self.slopes_})
    ...
    ...     def _restore(self, stored):
    ...         self.slopes_ = stored.arrays["slopes"]
    >>> X = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> fitted = BestColumn().fit(X, [70.0, 80.0, 90.0])
    >>> fitted.rank_score(X).argsort()
    array([0, 1, 2])
    >>> BestColumn.restore(*fitted.export()).rank_score(X).argsort()
    array([0, 1, 2])
    """

    fit_context: ClassVar[frozenset[str]] = frozenset()
    stochastic: ClassVar[bool] = True
    least_rows: ClassVar[int] = 2
    interval_folds: ClassVar[int] = 10
    averages_equal: ClassVar[Literal["all", "graph", "none"]] = "all"
    has_contributions: ClassVar[bool] = False
    settles: ClassVar[frozenset[str]] = frozenset()
    label_sees_oof: ClassVar[bool] = False
    arrays_file: ClassVar[str] = "arrays.npz"
    unstored: ClassVar[frozenset[str]] = frozenset()
    """Parameters that are no plain data; `_restore` sets them."""

    direction: str
    random_state: Any
    n_jobs: int | None
    n_features_in_: int
    feature_importances_: FloatArray
    seed_: int
    target_: Target | None = None
    oof_score_: FloatArray | None = None

    @abstractmethod
    def _fit(self, X: FloatArray, y: FloatArray, context: FitContext) -> None:
        """Fit to checked rows [n, d] (NaN where missing) and labels [n], both in canonical order."""

    @abstractmethod
    def _score(self, X: FloatArray) -> FloatArray:
        """Score [n] of checked rows; larger is better, and each depends on its own row only."""

    @abstractmethod
    def _importances(self) -> FloatArray:
        """Share [d] of each column, from the fitted state."""

    @abstractmethod
    def _state(self) -> Stored:
        """The fitted state beyond parameters, number of columns and ``target_``."""

    @abstractmethod
    def _restore(self, stored: Stored) -> None:
        """Take over the fitted state that `_state` described."""

    def check_params(self) -> None:
        """Refuse wrong parameters, as `fit` does first; a subclass with more of them calls this one too."""
        check_direction(self.direction)

    @property
    def score_is_label(self) -> bool:
        """Whether `predict` answers in label units; a unitless score otherwise."""
        return True

    @property
    def used_columns_(self) -> set[int] | None:
        """Positions of the columns that the model looks at; None means all."""
        return None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike, **context: Any) -> Self:
        """Fit to features and labels; the order of the rows does not matter.

        Parameters
        ----------
        X
            Features, shape [n, d], NaN where missing.
        y
            Labels, shape [n], finite, in any units.
        **context
            What else is known, as far as ``fit_context`` names it: ``pool`` (rows [m, d] without labels),
            ``groups`` (one value per row, equal for the same network), ``families`` (name -> positions of
            columns), ``qid`` (query of each row), ``lengths`` (see `FitContext`).

        Raises
        ------
        TypeError
            If the ranker takes no context of that name.
        ProxyrankError
            If a parameter is unknown or out of range, all labels are equal, or context has a wrong shape.
        ValueError
            If there are fewer than ``least_rows`` rows, a label is not finite or a feature is infinite.
        """
        if unknown := sorted(set(context) - self.fit_context):
            takes = ", ".join(sorted(self.fit_context)) or "no context"
            raise TypeError(
                f"fit of {type(self).__name__} does not take {', '.join(unknown)}; it takes {takes}"
            )
        self.check_params()
        features, labels = validate_data(
            self,
            X,
            y,
            dtype=np.float64,
            y_numeric=True,
            ensure_all_finite="allow-nan",
            ensure_min_samples=self.least_rows,
        )
        labels = np.asarray(labels, dtype=np.float64)
        check_spread(labels)
        self.seed_ = as_seed(self.random_state)
        order = canonical_order(features, labels)
        features, labels = features[order], labels[order]
        self.target_ = self.oof_score_ = None
        self._fit(features, labels, make_context(order, features, context))
        self.feature_importances_ = self._importances()
        return self

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Score [n] of rows [n, d], larger is better whatever the label's direction."""
        return self._score(self._checked(X))

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels [n] in label units or, where `score_is_label` is false, `rank_score`."""
        return self.label_of(self.rank_score(X))

    def label_of(self, score: FloatArray) -> FloatArray:
        """Prediction [n] that belongs to a `rank_score`: in label units, or itself for a unitless model."""
        if not self.score_is_label:
            return score
        return SIGNS[self.direction] * score if self.target_ is None else self.target_.inverse(score)

    def contributions(self, X: ArrayLike) -> FloatArray:
        """Contribution of each column to the score of each row, shape [n, d + 1], the last the base value.

        Raises
        ------
        ProxyrankError
            If the ranker explains nothing (``has_contributions`` is false).
        """
        raise ProxyrankError(f"{type(self).__name__} does not explain its scores")

    def stored_params(self) -> dict[str, Any]:
        """Parameters that are plain data, with the integer seed that was used."""
        params = self.get_params(deep=False)
        kept = {name: value for name, value in params.items() if name not in self.unstored}
        return {**kept, "random_state": self.seed_}

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The fitted state: what goes into a JSON file, and other files by name; nothing is pickled."""
        check_is_fitted(self, "feature_importances_")
        own = self._state()
        state = {
            "params": self.stored_params(),
            "n_features": self.n_features_in_,
            "target": None if self.target_ is None else self.target_.to_dict(),
            **own.values,
        }
        arrays = {self.arrays_file: pack_arrays(own.arrays)} if own.arrays else {}
        return state, {**own.files, **arrays}

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """The fitted ranker that `export` described.

        Raises
        ------
        TypeError, KeyError, ValueError
            If something is missing or of a wrong kind.
        """
        model = cls(**state["params"])
        model.seed_ = int(state["params"]["random_state"])
        model.n_features_in_ = int(state["n_features"])
        model.target_ = None if state["target"] is None else Target.from_dict(state["target"])
        others = {name: data for name, data in files.items() if name != cls.arrays_file}
        arrays = unpack_arrays(files[cls.arrays_file]) if cls.arrays_file in files else {}
        model._restore(Stored(state, arrays, others))
        model.check_params()
        model.feature_importances_ = model._importances()
        return model

    def _checked(self, X: ArrayLike) -> FloatArray:
        check_is_fitted(self, "feature_importances_")
        features: FloatArray = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        return features

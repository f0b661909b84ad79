"""What every ranker offers, and what all of them do to their training data first."""

from collections.abc import Mapping
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.parts.targets import FloatArray


class Ranker(Protocol):
    """A scikit-learn regressor that also ranks, and that is written without pickling."""

    feature_importances_: FloatArray

    # A class may say, as the set ``fit_context``, what else its `fit` takes: ``pool`` (features of all
    # architectures at hand), ``groups`` (equal for equal networks), ``families`` (columns by feature group).

    @property
    def score_is_label(self) -> bool:
        """Whether `predict` answers in label units; a unitless score otherwise."""
        ...

    def fit(self, X: ArrayLike, y: ArrayLike, **context: Any) -> Self:
        """Fit to features [n, d] and finite labels [n]."""
        ...

    def predict(self, X: ArrayLike) -> FloatArray:
        """Predicted labels [n] or, for a unitless model, `rank_score`."""
        ...

    def rank_score(self, X: ArrayLike) -> FloatArray:
        """Score [n], larger is better whatever the label's direction."""
        ...

    def label_of(self, score: FloatArray) -> FloatArray:
        """Prediction [n] that belongs to a `rank_score`: in label units, or itself for a unitless model."""
        ...

    def export(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Return the fitted state: what goes into a JSON file, and other files by name."""
        ...

    @classmethod
    def restore(cls, state: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Make the fitted model that `export` described."""
        ...


def canonical_order(X: FloatArray, y: FloatArray) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Row order that depends on the rows only: sorted by the first column, then the next, then the label.

    A model fitted to rows in this order does not depend on the order in which they came.
    """
    return np.lexsort((y, *X.T[::-1]))


def check_spread(y: FloatArray) -> None:
    """Refuse constant labels.

    Raises
    ------
    ProxyrankError
        If all labels are equal.
    """
    if np.ptp(y) == 0:
        raise ProxyrankError(f"label has one distinct value ({float(y[0])}) over {y.size} rows")


def as_seed(random_state: Any) -> int:
    """Return the integer itself, or draw one from a scikit-learn ``random_state`` of another kind."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    from sklearn.utils import check_random_state

    return int(check_random_state(random_state).randint(2**31 - 1))

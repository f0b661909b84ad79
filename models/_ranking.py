"""From a fitted estimator and its card to a ranking."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau

from proxyrank.common.labels import SIGNS
from proxyrank.features import FeatureTable
from proxyrank.models.base import TabularRanker
from proxyrank.models.card import RankerCard
from proxyrank.models.inputs.gaps import IMPUTED, filled
from proxyrank.models.inputs.matching import as_matrix, matched_frame
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import equal_to_any

_log = logging.getLogger(__name__)


def model_matrix(
    space: SearchSpace, archs: Sequence[str], features: FeatureTable | None, card: RankerCard
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """What the model sees of architectures, shape [n, d], and in which rows a median stands in (`filled`).

    Columns of a table that the ranker does not know are named.
    """
    frame, extra = matched_frame(space, archs, features, card)
    if extra:
        _log.warning(
            "%d columns that the ranker does not know are ignored: %s", len(extra), ", ".join(extra[:10])
        )
    frame, marks = filled(frame, card.medians)
    return as_matrix(frame), marks


def ranking_tau(estimator: TabularRanker, X: FloatArray, labels: FloatArray) -> float:
    """Kendall's tau of scores of rows [n, d] with labels [n], where finite; 0 where it is undefined."""
    known = np.isfinite(labels)
    truth = SIGNS[estimator.direction] * labels[known]
    return float(np.nan_to_num(kendalltau(estimator.rank_score(X)[known], truth)[0]))


def seen_by(
    space: SearchSpace, card: RankerCard, trained: Sequence[str], archs: Sequence[str]
) -> NDArray[np.bool_] | None:
    """Which architectures [n] equal a trained network; None where intervals do not ask."""
    if card.intervals is None or not card.intervals.seen:
        return None
    return np.array(equal_to_any(space, archs, trained))


def ranked_frame(
    estimator: TabularRanker,
    card: RankerCard,
    archs: Sequence[str],
    score: FloatArray,
    imputed: NDArray[np.bool_],
    seen: NDArray[np.bool_] | None,
) -> pd.DataFrame:
    """Architectures and their scores [n], best first, as `ProxyRanker.rank` returns them.

    ``seen`` [n] says which equal a trained network, where that narrows their intervals (`seen_by`).
    """
    predicted = estimator.label_of(score) if estimator.score_is_label else np.nan
    frame = pd.DataFrame({"arch": archs, "score": score, "predicted": predicted})
    if card.intervals is not None:
        frame["low"], frame["high"] = card.intervals.bounds(frame["predicted"].to_numpy(), seen)
    if imputed.any():
        frame[IMPUTED] = imputed
    frame = frame.sort_values(["score", "arch"], ascending=[False, True], ignore_index=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame

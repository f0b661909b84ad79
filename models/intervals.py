"""Prediction intervals from out-of-fold residuals, split-conformal with a spread that follows the prediction.

Labels and predictions are compared on the logit scale, which tames the long lower tail of accuracies. The
residual of a training row, made by models that have not seen its network, is divided by the spread of the
residuals of rows predicted alike (`local_spread`); the finite-sample quantiles of these ratios, one for each
tail, give the interval of any prediction (Lei et al., Distribution-free predictive inference for regression,
JASA 2018, section 5.2; Barber et al., Predictive inference with the jackknife+, Ann. Stat. 2021, for the
folds).

Folds keep equal networks together, and residuals are those of networks that were trained once: such a row,
left out, is to the others what a judged network is that equals none of them. (Of a network with many names,
which is likelier to be trained twice, columns averaged over its names say more.) Networks that equal a
trained one are predicted better; where they look the same to the model, too, their intervals are narrower
(`twin_factors`). Labels are taken as they are, without the fence of a target: networks that did not learn are
judged, too.
"""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from proxyrank.models.base import TabularRanker
from proxyrank.models.parts.blocks import block_folds
from proxyrank.models.parts.spread import local_spread
from proxyrank.models.parts.targets import FloatArray, Target, fit_target
from proxyrank.models.parts.twins import twin_factors

LEVEL = 0.9
FOLDS = 10
"""Folds of the map from a model's own out-of-fold scores to labels; no fewer networks have intervals."""

LEAST_ROWS = 20
"""Below this many residuals the 5 % tails have no finite-sample quantile (19) to speak of."""


class Intervals(BaseModel):
    """Prediction intervals of a ranker, as plain data; that of a prediction depends on nothing else.

    Attributes
    ----------
    level
        Intended share of labels inside.
    source
        Where the residuals came from: ``refits`` on folds, or the model's ``own`` out-of-fold scores.
    rows
        Residuals used.
    target
        The logit scale of the labels, as `Target.to_dict` gives it.
    centres, spreads
        Spread of the residuals by transformed prediction: linear between centres, constant beyond.
    low, high
        Quantiles of residual over spread.
    seen_centres, seen
        Width of the interval of a network that equals a trained one, in units of the others', by transformed
        prediction as the spreads; empty: the same.
    """

    model_config = ConfigDict(extra="forbid")

    level: float = LEVEL
    source: Literal["refits", "own"]
    rows: int
    target: dict[str, Any]
    centres: list[float]
    spreads: list[float]
    low: float
    high: float
    seen_centres: list[float] = []
    seen: list[float] = []

    def bounds(
        self, predicted: FloatArray, seen: NDArray[np.bool_] | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Lower and upper end [n], in label units, of predicted labels [n], which lie between them.

        ``seen`` [n] says which networks equal one that was trained on; none where it is not given.
        """
        target = Target.from_dict(self.target)
        z = target.unfenced(predicted)  # a forest on raw labels predicts beyond the fence
        spread = np.interp(z, self.centres, self.spreads)
        if seen is not None and self.seen:
            spread = np.where(seen, np.interp(z, self.seen_centres, self.seen) * spread, spread)
        ends = [target.inverse(z + quantile * spread) for quantile in (self.low, self.high)]
        # what the scale clips would leave the prediction outside
        low, high = (np.minimum(np.minimum(*ends), predicted), np.maximum(np.maximum(*ends), predicted))
        return np.where(high > low, low, np.nextafter(low, -np.inf)), high


def fit_intervals(
    predicted: FloatArray,
    labels: FloatArray,
    *,
    direction: str = "max",
    scale: str = "auto",
    source: Literal["refits", "own"] = "refits",
) -> Intervals:
    """Intervals from out-of-fold predictions [n] of labels [n], in label units, n at least `LEAST_ROWS`."""
    # a fence would hide the residuals of networks beyond it, which are judged like all others
    target = replace(fit_target("logit", labels, direction=direction, scale=scale), floor=None)
    z = target.transform(predicted)
    residuals = target.transform(labels) - z
    centres, spreads = local_spread(z, residuals)
    ratios = np.sort(residuals / np.interp(z, centres, spreads))
    rank = min(len(z), math.ceil((1 + LEVEL) / 2 * (len(z) + 1)))
    return Intervals(
        source=source,
        rows=len(z),
        target=target.to_dict(),
        centres=centres.tolist(),
        spreads=spreads.tolist(),
        low=min(0.0, float(ratios[len(z) - rank])),
        high=max(0.0, float(ratios[rank - 1])),
    )


def conformal_intervals(
    estimator: TabularRanker,
    X: FloatArray,
    y: FloatArray,
    *,
    groups: Sequence[Hashable],
    context: Mapping[str, Any],
    direction: str,
) -> tuple[Intervals | None, str | None]:
    """Intervals of a fitted estimator, or why it has none.

    Parameters
    ----------
    estimator
        A fitted ranker. Its ``oof_score_`` is used where it has one, through a map to labels of other rows
        if its own was fitted to these scores (``label_sees_oof``); otherwise copies of it are fitted to
        ``interval_folds`` folds.
    X, y
        Its training rows [n, d] and labels [n].
    groups
        Equal for rows that are the same network; they stay in one fold.
    context
        What else its `fit` took; ``groups`` among it is cut to each fold.
    direction
        ``max`` or ``min``.

    Returns
    -------
    Intervals or None
        The intervals.
    str or None
        One line that says why there are none.
    """
    if not estimator.score_is_label:
        return None, "no prediction intervals: this model predicts no label"
    if len(y) < LEAST_ROWS or len(set(groups)) < FOLDS:
        return None, f"no prediction intervals: they need at least {LEAST_ROWS} labels, got {len(y)}"
    once = _trained_once(groups)
    scores = estimator.oof_score_
    source: Literal["refits", "own"] = "refits" if scores is None else "own"
    if scores is None:
        predicted = _refitted(estimator, X, y, groups, context)
    elif estimator.label_sees_oof:
        predicted = _mapped(scores, y, groups, increasing=direction == "max")
    else:
        predicted = estimator.label_of(scores)
    if predicted is None:
        return None, "no prediction intervals: the labels of a fold's training rows are all equal"
    scale = estimator.get_params().get("scale", "auto")
    found = fit_intervals(predicted[once], y[once], direction=direction, scale=scale, source=source)
    pairs = _pairs(groups)
    if not np.array_equal(X[pairs[:, 0]], X[pairs[:, 1]], equal_nan=True):
        return found, None  # what moves the prediction of a row says less of another that looks different
    centres, seen = _widths_of_seen(found, predicted, estimator.predict(X), y, pairs, once)
    return found.model_copy(update={"seen_centres": centres.tolist(), "seen": seen.tolist()}), None


def _widths_of_seen(
    intervals: Intervals,
    left_out: FloatArray,
    fitted: FloatArray,
    y: FloatArray,
    pairs: NDArray[np.intp],
    once: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """`twin_factors` of predictions [n] without and with the label, and of labels [n] of equal networks."""
    target = Target.from_dict(intervals.target)
    before, after, labels = target.unfenced(left_out), target.unfenced(fitted), target.transform(y)
    spread = np.interp(before, intervals.centres, intervals.spreads)
    apart = np.diff(labels[pairs], axis=1)[:, 0] / spread[pairs].mean(axis=1)
    residuals, moves = (labels - before) / spread, (after - before) / spread
    return twin_factors(before[once], residuals[once], moves[once], before[pairs].mean(axis=1), apart)


def _pairs(groups: Sequence[Hashable]) -> NDArray[np.intp]:
    """Two rows [m, 2] of each network that occurs in several."""
    rows: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        rows.setdefault(group, []).append(i)
    return np.array([own[:2] for own in rows.values() if len(own) > 1], dtype=np.intp).reshape(-1, 2)


def _trained_once(groups: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Rows [n] whose network occurs in no other row; all rows where these are too few."""
    counts = Counter(groups)
    once = np.array([counts[group] == 1 for group in groups])
    return once if once.sum() >= LEAST_ROWS else np.ones(len(once), dtype=bool)


def _refitted(
    estimator: TabularRanker,
    X: FloatArray,
    y: FloatArray,
    groups: Sequence[Hashable],
    context: Mapping[str, Any],
) -> FloatArray | None:
    from sklearn.base import clone

    predicted = np.empty(len(y))
    for train, test in block_folds(groups, estimator.interval_folds):
        if np.ptp(y[train]) == 0:
            return None
        own = {
            name: [value[i] for i in train] if name == "groups" else value for name, value in context.items()
        }
        predicted[test] = clone(estimator).fit(X[train], y[train], **own).predict(X[test])
    return predicted


def _mapped(scores: FloatArray, y: FloatArray, groups: Sequence[Hashable], *, increasing: bool) -> FloatArray:
    """Labels of out-of-fold scores by a monotone map of the other folds: the model's own map saw the row."""
    from sklearn.isotonic import IsotonicRegression

    predicted = np.empty(len(y))
    for train, test in block_folds(groups, FOLDS):
        isotonic = IsotonicRegression(increasing=increasing, out_of_bounds="clip")
        predicted[test] = isotonic.fit(scores[train], y[train]).predict(scores[test])
    return predicted

"""The steps from labelled architectures to a fitted estimator and what is to be said about it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable
from proxyrank.models.base import TabularRanker
from proxyrank.models.inputs.context import fit_context
from proxyrank.models.inputs.matching import as_matrix, check_labels, check_table
from proxyrank.models.intervals import Intervals, conformal_intervals
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace

_log = logging.getLogger(__name__)
LEAST_ROWS = 2


@dataclass(frozen=True)
class TrainingRows:
    """Architectures with a finite label, sorted by their text.

    Attributes
    ----------
    archs
        Exact spellings.
    labels
        One number each, shape [n].
    dropped
        Rows that were left out because their label is not finite.
    """

    archs: list[str]
    labels: FloatArray
    dropped: int


@dataclass(frozen=True)
class Fitted:
    """What a fit brought to light.

    Attributes
    ----------
    names
        Columns of the model, in its order.
    constant
        Whether all training rows get one score.
    intervals
        Prediction intervals, None where they were not asked for or cannot be.
    notes
        What a person should know, one line each.
    """

    names: list[str]
    constant: bool
    intervals: Intervals | None
    notes: list[str] = field(default_factory=list)


def training_rows(own: Sequence[str], labels: ArrayLike) -> TrainingRows:
    """Training rows of exact spellings and their labels [n].

    Raises
    ------
    ProxyrankError
        If a label is no number, an architecture occurs twice, or too few labels are finite.
    """
    values = check_labels(own, labels)
    rows = sorted((arch, y) for arch, y in zip(own, values, strict=True) if np.isfinite(y))
    if len(rows) < LEAST_ROWS:
        raise ProxyrankError(
            f"training needs at least {LEAST_ROWS} architectures with a finite label, got {len(rows)}"
        )
    return TrainingRows([arch for arch, _ in rows], np.array([y for _, y in rows]), len(own) - len(rows))


def fit_estimator(
    estimator: TabularRanker,
    space: SearchSpace,
    rows: TrainingRows,
    features: FeatureTable,
    *,
    intervals: bool,
) -> Fitted:
    """Fit an estimator to training rows of a table, and ask what there is to say about it.

    Parameters
    ----------
    estimator
        Not fitted yet; it is fitted afterwards.
    space, rows
        What is trained on.
    features
        Table of the training rows and, where the estimator looks at it, of the pool.
    intervals
        Whether to make prediction intervals.

    Raises
    ------
    ProxyrankError
        If the table or the labels will not do.
    """
    check_table(space, rows.archs, features)
    names = sorted(features.columns)
    X = as_matrix(features.frame.loc[rows.archs, names])
    known = fit_context(space, rows.archs, features, names)
    context = {name: value for name, value in known.items() if name in estimator.fit_context}
    estimator.fit(X, rows.labels, **context)
    constant = bool(np.ptp(estimator.rank_score(X)) == 0)
    found, why = None, None
    if intervals:
        found, why = conformal_intervals(
            estimator,
            X,
            rows.labels,
            groups=known["groups"],
            context=context,
            direction=estimator.direction,
        )
    notes = _notes(rows, constant, features.sidecar.forced, why)
    for note in notes:
        _log.info("%s", note)
    return Fitted(names, constant, found, notes)


def own_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of an estimator without those that `ProxyRanker` has arguments for."""
    return {k: v for k, v in params.items() if k not in ("direction", "random_state", "n_jobs")}


def _notes(rows: TrainingRows, constant: bool, forced: Sequence[str], why: str | None) -> list[str]:
    given = len(rows.archs) + rows.dropped
    dropped = f"{rows.dropped} of {given} rows had no finite label and were left out"
    flat = "the ranker is constant: it gives every architecture one score"
    return [
        *([dropped] if rows.dropped else []),
        *([flat] if constant else []),
        *forced,
        *([why] if why else []),
    ]

"""The steps of `ProxyRanker`: from labelled architectures to a fitted estimator, its card and its ranking."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from proxyrank.common.digests import archs_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.tabular import json_safe
from proxyrank.features import FeatureTable
from proxyrank.models.base import TabularRanker
from proxyrank.models.card import LabelCard, RankerCard, SplitCard
from proxyrank.models.inputs.context import fit_context, unused_groups
from proxyrank.models.inputs.gaps import training_medians
from proxyrank.models.inputs.leaks import label_copies
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.models.inputs.table_checks import check_labels, check_table
from proxyrank.models.inputs.training import TrainingTable
from proxyrank.models.intervals import Intervals, conformal_intervals
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, stated_code, stated_hyperparameters

_log = logging.getLogger(__name__)
LEAST_ROWS = 2
FIRST_LOOK = 64
"""Training rows whose scores are looked at before all are, for a ranker that would be constant."""


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
    intervals
        Prediction intervals, None where they were not asked for or cannot be.
    notes
        What a person should know, one line each.
    medians
        What stands in for gaps of a user's own columns (`training_medians`).
    """

    names: list[str]
    intervals: Intervals | None
    notes: list[str] = field(default_factory=list)
    medians: dict[str, float] = field(default_factory=dict)


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
        If the table or the labels will not do, or the fit tells no training rows apart.
    """
    check_table(space, rows.archs, features)
    copies, leaks = label_copies(features, rows.archs, rows.labels)
    names = sorted(set(features.columns) - set(copies))
    if not names:
        raise ProxyrankError(f"no feature column is left: {'; '.join(leaks)}")
    X = as_matrix(features.frame.loc[rows.archs, names])
    known = fit_context(space, rows.archs, features, names)
    context = {name: value for name, value in known.items() if name in estimator.fit_context}
    estimator.fit(X, rows.labels, **context)
    few = X[:FIRST_LOOK]  # each row's score is its own: a few that differ say enough
    if np.ptp(estimator.rank_score(few)) == 0 and np.ptp(estimator.rank_score(X)) == 0:
        raise ProxyrankError(
            f"the ranker would be constant: {type(estimator).__name__} gives all {len(rows.archs)} training "
            f"architectures one score from {len(names)} columns; give more labels, or columns that differ"
        )
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
    notes = _notes(rows, features.sidecar.forced, why)
    for note in notes:
        _log.info("%s", note)
    medians = training_medians(features, features.frame.loc[rows.archs, names])
    return Fitted(names, found, [*leaks, *notes], medians)


def make_card(
    estimator: TabularRanker,
    rows: TrainingRows,
    fitted: Fitted,
    *,
    space: SearchSpace,
    model: str,
    label: LabelCard,
    split: SplitCard | None,
    table: TrainingTable,
) -> RankerCard:
    """The card of a fitted estimator: what was fitted on what, as `RankerCard` has it."""
    params = json_safe(estimator.stored_params())
    return RankerCard(
        space=space.name,
        hyperparameters=stated_hyperparameters(space),
        code=stated_code(space),
        label=label,
        split=split,
        groups=table.features.sidecar.groups,
        pool=table.pool,
        averaged=list(table.averaged),
        unused=unused_groups(estimator, fitted.names, table.features.sidecar.groups),
        feature_names=fitted.names,
        model=model,
        params=params,
        target=params.get("target") if estimator.score_is_label else None,
        score_is_label=estimator.score_is_label,
        n_train=len(rows.archs),
        n_dropped=rows.dropped,
        train_archs_sha256=archs_digest(rows.archs),
        intervals=fitted.intervals,
        medians=fitted.medians,
        notes=fitted.notes,
    )


def constructor_of(card: RankerCard) -> dict[str, Any]:
    """Arguments of the `ProxyRanker` that a card describes, without ``space`` and ``n_jobs``."""
    own = ("direction", "random_state", "n_jobs")  # the ranker has arguments for these
    return {
        "groups": tuple(card.groups),
        "model": card.model,
        "params": {name: value for name, value in card.params.items() if name not in own},
        "settings": card.settings.stated(),
        "random_state": card.params["random_state"],
        "average": tuple(card.averaged),
        "intervals": card.intervals is not None,
    }


def _notes(rows: TrainingRows, forced: Sequence[str], why: str | None) -> list[str]:
    given = len(rows.archs) + rows.dropped
    dropped = f"{rows.dropped} of {given} rows had no finite label and were left out"
    return [
        *([dropped] if rows.dropped else []),
        *forced,
        *([why] if why else []),
    ]

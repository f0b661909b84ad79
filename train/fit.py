"""From labels to a fitted ranker: choose the population, split, fit, remember how."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population, population_note, require_varied
from proxyrank.features import (
    FeatureSettings,
    FeatureTable,
    compute_features,
    join_tables,
    parse_groups,
)
from proxyrank.features.defaults import SETTLED
from proxyrank.models import ProxyRanker, SplitCard
from proxyrank.models.catalogue import default_model, model_class, usual_groups
from proxyrank.models.estimators.columns import kept_columns, order_columns
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.models.inputs.pool import usual_average
from proxyrank.models.inputs.training import training_table
from proxyrank.spaces import SearchSpace, data_shape, default_dataset, source_of
from proxyrank.train.splits import split_train

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FitPlan:
    """How to train.

    Attributes
    ----------
    groups
        Feature groups.
    model
        Name in the model registry (None: the default of the groups), with ``params`` over its defaults.
    population
        Part of the space that is trained on and, later, judged on.
    split, train_size, seed
        Which labelled architectures are trained on; a size of None takes all. The seed is the model's too.
    dataset
        Data set of the network features; None takes that of the space, else the label's name where
        it is a known one.
    settings
        Further settings of the feature groups.
    threads
        Of the model.
    average
        Groups whose columns are means over equal networks, as of `ProxyRanker`.
    columns
        Share of the columns that is kept, the most useful ones by a quick model of the same rows.
    intervals
        Whether to make prediction intervals.
    """

    groups: tuple[str, ...]
    model: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    population: str = "all"
    split: str = "published"
    train_size: int | None = None
    seed: int = 0
    dataset: str | None = None
    settings: FeatureSettings | Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    average: tuple[str, ...] | None = None
    columns: float = 1.0
    intervals: bool = False

    def __post_init__(self) -> None:
        FeatureSettings.of(self.settings)  # what is unknown is refused before any work
        if self.dataset is not None:
            data_shape(self.dataset, square=False)


def wanted_groups(
    space: SearchSpace,
    groups: str | None,
    features: FeatureTable | None = None,
    *,
    model: str | None = None,
) -> tuple[str, ...]:
    """Groups that a request means: the named ones and those of a given table, else `usual_groups`.

    Groups of a table that may cost a ranking count where they are named, or the model settles it.

    Raises
    ------
    ProxyrankError
        If a name is unknown.
    """
    if features is None:
        return parse_groups(groups or usual_groups(space, model))
    named, held = parse_groups(groups) if groups else (), tuple(features.sidecar.groups)
    settled = SETTLED - model_class(model or default_model(held, space)).settles
    return tuple(dict.fromkeys((*named, *(name for name in held if name not in settled))))


def training_part(
    space: SearchSpace, labels: Labels, plan: FitPlan, *, features: FeatureTable | None = None
) -> Labels:
    """Labels of the architectures that the plan trains on.

    Raises
    ------
    ProxyrankError
        If the labels do not suffice.
    """
    inside = in_population(space, labels, plan.population)
    for note in population_note(labels, inside, plan.population):
        _log.warning("%s", note)
    archs = list(inside.values.index)
    if features is not None:
        archs = [arch for arch in archs if arch in features.frame.index]
        if not archs:
            raise ProxyrankError("the feature table holds none of the labelled architectures")
    train = split_train(space, archs, kind=plan.split, train_size=plan.train_size, seed=plan.seed)
    chosen = labels.subset(train)
    require_varied(chosen)
    return chosen


def training_features(
    space: SearchSpace, chosen: Labels, plan: FitPlan, *, features: FeatureTable | None = None
) -> FeatureTable:
    """Features of the plan's groups for the training part: a table's, and computed ones where it has none.

    A table that has columns of all groups is returned as it is, with its further rows. Without a table, equal
    networks are averaged over as `ProxyRanker` does.
    """
    held = () if features is None else tuple(features.sidecar.groups)
    missing = [name for name in plan.groups if name not in held]
    if features is not None and not missing:
        return features
    settings, archs = _settings(space, chosen, plan), list(chosen.values.index)
    if features is None:
        kind = model_class(plan.model or default_model(plan.groups, space)).averages_equal
        average = usual_average(kind, missing) if plan.average is None else plan.average
        table = training_table(
            space, archs, missing, settings, population=plan.population, wide=False, average=average
        )
        return table.features
    computed = compute_features(space, archs, missing, settings=settings, prefer_shipped=True)
    rows = features.rows.archs(archs)
    own = FeatureTable(rows.values, features.sidecar.model_copy(update={"status": rows.reasons}))
    return join_tables([computed, own])


def fit_ranker(
    space: SearchSpace, labels: Labels, plan: FitPlan, *, features: FeatureTable | None = None
) -> ProxyRanker:
    """Train a ranker on the training part of the labels.

    Parameters
    ----------
    space
        Search space of the labels.
    labels
        Labels of at least the training architectures.
    plan
        How to train.
    features
        Table to use instead of computing the groups' features.

    Raises
    ------
    ProxyrankError
        If labels or features do not suffice; the message says what is missing.
    """
    chosen = training_part(space, labels, plan, features=features)
    train = list(chosen.values.index)
    columns: list[str] | None = None
    if plan.columns < 1 or features is not None:
        table = _narrowed(training_features(space, chosen, plan, features=features), chosen, plan)
        columns = table.columns
        features = table if features is not None else None
    ranker = ProxyRanker(
        groups=plan.groups,
        model=plan.model,
        space=source_of(space),
        params=dict(plan.params),
        settings=_settings(space, labels, plan),
        random_state=plan.seed,
        n_jobs=plan.threads,
        average=plan.average,
        intervals=plan.intervals,
    )
    ranker.fit(
        train,
        chosen.values.loc[train],
        direction=labels.direction,
        label=labels.name,
        label_path=Path(labels.path).name,
        split=SplitCard(kind=plan.split, train_size=len(train), seed=plan.seed, population=plan.population),
        features=features,
        columns=columns,
    )
    return ranker


def _settings(space: SearchSpace, labels: Labels, plan: FitPlan) -> FeatureSettings:
    settings = FeatureSettings.of(plan.settings)
    dataset = plan.dataset or default_dataset(space, labels.name)
    return settings.changed(dataset=dataset) if dataset else settings


def _narrowed(table: FeatureTable, chosen: Labels, plan: FitPlan) -> FeatureTable:
    """The table cut to the plan's groups, where it has them, and to the plan's share of their columns."""
    groups = table.sidecar.groups
    used = {name: info for name, info in groups.items() if name in plan.groups} or groups
    if plan.columns >= 1 and len(used) == len(groups):
        return table
    owned = {column for info in used.values() for column in info.columns}
    names = sorted(owned.intersection(table.columns))
    if plan.columns < 1:
        X = as_matrix(table.frame.loc[chosen.values.index, names])
        y = chosen.values.to_numpy(dtype="float64")
        order = order_columns(X, y, direction=chosen.direction, seed=plan.seed, threads=plan.threads)
        names = [names[i] for i in kept_columns(order, plan.columns)]
    return FeatureTable(table.frame[names], table.sidecar.model_copy(update={"groups": used}))

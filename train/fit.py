"""From labels to a fitted ranker: choose the population, split, fit, remember how."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population, require_varied
from proxyrank.features import FeatureTable, compute_features, preferred_settings
from proxyrank.models import ProxyRanker, SplitCard
from proxyrank.spaces import SearchSpace, default_dataset, source_of
from proxyrank.train.splits import split_train


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
    columns
        Share of the columns that is kept, the most useful ones by a quick model of the same rows.
    tune
        Trials of a study inside the training part that chooses params, columns and groups among the given
        ones; 0 keeps what is stated here.
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
    settings: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    columns: float = 1.0
    tune: int = 0
    intervals: bool = False


def training_part(
    space: SearchSpace, labels: Labels, plan: FitPlan, *, features: FeatureTable | None = None
) -> Labels:
    """Labels of the architectures that the plan trains on.

    Raises
    ------
    ProxyrankError
        If the labels do not suffice.
    """
    archs = list(in_population(space, labels, plan.population).values.index)
    if features is not None:
        archs = [arch for arch in archs if arch in features.frame.index]
        if not archs:
            raise ProxyrankError("the feature table holds none of the labelled architectures")
    train = split_train(space, archs, kind=plan.split, train_size=plan.train_size, seed=plan.seed)
    chosen = labels.subset(train)
    require_varied(chosen)
    return chosen


def training_features(space: SearchSpace, chosen: Labels, plan: FitPlan) -> FeatureTable:
    """Features of the plan's groups for the training part."""
    settings = preferred_settings(space.name, plan.groups, _settings(space, chosen, plan))
    return compute_features(space, list(chosen.values.index), plan.groups, settings=settings)


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
    if plan.tune or plan.columns < 1 or (features and set(plan.groups) < set(features.sidecar.groups)):
        features = features or training_features(space, chosen, plan)
        plan, features = _narrowed(space, chosen, plan, features)
    ranker = ProxyRanker(
        groups=plan.groups,
        model=plan.model,
        space=source_of(space),
        params=dict(plan.params),
        settings=_settings(space, labels, plan),
        random_state=plan.seed,
        threads=plan.threads,
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
    )
    return ranker


def _settings(space: SearchSpace, labels: Labels, plan: FitPlan) -> dict[str, Any]:
    dataset = plan.dataset or default_dataset(space, labels.name)
    return {**plan.settings, **({"dataset": dataset} if dataset else {})}


def _narrowed(
    space: SearchSpace, chosen: Labels, plan: FitPlan, table: FeatureTable
) -> tuple[FitPlan, FeatureTable]:
    """The plan after tuning, and the columns that it keeps."""
    from proxyrank.train.study import StudyData, StudyPlan, kept_columns, tune

    data = StudyData.of(space, chosen, table)
    if plan.tune:
        model = plan.model or StudyPlan.model
        how = StudyPlan(plan.tune, seed=plan.seed, model=model, threads=plan.threads, params=plan.params)
        choice = tune(data, how)
        params = {**plan.params, **choice.params}
        plan = replace(plan, model=model, params=params, groups=choice.groups, columns=choice.columns)
    used = [name for name in data.group_names if name in plan.groups] or data.group_names
    order = data.column_order(used, seed=plan.seed, threads=plan.threads)
    names = [data.columns[i] for i in kept_columns(order, plan.columns)]
    groups = {name: info for name, info in table.sidecar.groups.items() if name in used}
    sidecar = table.sidecar.model_copy(update={"groups": groups})
    return plan, FeatureTable(table.frame[names], sidecar)

"""From labels to a fitted ranker: choose the population, split, fit, remember how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population, require_varied
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker, SplitCard
from proxyrank.spaces import DATASETS, SearchSpace
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
        Data set of the network features; None takes the label's name where that is a known one.
    settings
        Further settings of the feature groups.
    threads
        Of the model.
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
    intervals: bool = False


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
    archs = list(in_population(space, labels, plan.population).values.index)
    if features is not None:
        archs = [arch for arch in archs if arch in features.frame.index]
        if not archs:
            raise ProxyrankError("the feature table holds none of the labelled architectures")
    train = split_train(space, archs, kind=plan.split, train_size=plan.train_size, seed=plan.seed)
    chosen = labels.subset(train)
    require_varied(chosen)
    dataset = plan.dataset or (labels.name if labels.name in DATASETS else None)
    ranker = ProxyRanker(
        groups=plan.groups,
        model=plan.model,
        space=space.name,
        params=dict(plan.params),
        settings={**plan.settings, **({"dataset": dataset} if dataset else {})},
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

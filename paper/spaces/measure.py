"""One fit of each predictor on one training part of a line, judged on the other architectures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import (
    Labels,
    kendall_tau,
    label_gains,
    load_labels,
    ndcg,
    ranker_scores,
    regret,
    size_scores,
    sized_dataset,
    spearman,
)
from proxyrank.features import FeatureTable, compute_features, default_groups
from proxyrank.models import LightGBMRanker
from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS
from proxyrank.paper.spaces.lines import Line
from proxyrank.paper.spaces.onehot import one_hot
from proxyrank.spaces import SearchSpace, get_space, has
from proxyrank.train.fit import FitPlan, fit_ranker
from proxyrank.train.splits import split_train

METRICS = ("KT", "SPR", "nDCG", "regret@10")


@dataclass
class Part:
    """Labels of a line, and one training part of them."""

    space: SearchSpace
    labels: Labels
    train: list[str]
    seed: int
    features: Callable[[], FeatureTable]
    threads: int = 1

    @property
    def others(self) -> list[str]:
        """Architectures that are judged."""
        return sorted(set(self.labels.values.index) - set(self.train))


def read_line(line: Line, folder: Path) -> Labels:
    """Labels of a line, drawn at random where it says so. Raises ProxyrankError without its file."""
    labels = load_labels(folder / line.file, space=get_space(line.space), label=line.label)
    if line.drawn is None or line.drawn >= len(labels.values):
        return labels
    chosen = derive_rng("drawn", line.name).choice(len(labels.values), line.drawn, replace=False)
    return labels.subset(labels.values.index[np.sort(chosen)])


def fingerprint(labels: Labels) -> str:
    """Digest of labels and architectures."""
    return short_digest(labels.values.to_csv(header=False))


def make_part(
    labels: Labels, line: Line, size: int, seed: int, features: Callable[[], FeatureTable], threads: int
) -> Part:
    """The training part of a size and seed."""
    space = get_space(line.space)
    train = split_train(space, list(labels.values.index), kind="published", train_size=size, seed=seed)
    return Part(space, labels, train, seed, features, threads)


def line_features(labels: Labels, line: Line) -> FeatureTable:
    """Default features of all architectures of a line."""
    space = get_space(line.space)
    return compute_features(space, list(labels.values.index), default_groups(space))


def _ours(part: Part, model: str) -> pd.Series:
    """The model on the default groups, as ``train`` fits it: a pool only where the space can be listed."""
    table = part.features()
    known = table if has(part.space, "archs") else FeatureTable(table.frame.loc[part.train], table.sidecar)
    params = SEARCHED_THRESHOLDS if model == "lightgbm" else {}  # what docs/spaces.md has figures of
    plan = FitPlan(
        tuple(table.sidecar.groups), model=model, params=params, seed=part.seed, threads=part.threads
    )
    ranker = fit_ranker(part.space, part.labels.subset(part.train), plan, features=known)
    return ranker_scores(ranker, part.others, features=table)


def _one_hot(part: Part) -> pd.Series:
    others = part.others
    rows = one_hot(part.space.name, [*part.train, *others])
    model = LightGBMRanker(
        "quantile-normal", **SEARCHED_THRESHOLDS, random_state=part.seed, n_jobs=part.threads
    )
    model.fit(rows[: len(part.train)], part.labels.values.loc[part.train].to_numpy())
    return pd.Series(model.rank_score(rows[len(part.train) :]), index=others)


def _size(part: Part, name: str) -> pd.Series:
    return size_scores(part.space, part.others, sized_dataset(part.space))[name]


PREDICTORS: Mapping[str, Callable[[Part], pd.Series]] = {
    "FLOPs": lambda part: _size(part, "flops"),
    "parameters": lambda part: _size(part, "params"),
    "one-hot, LightGBM": _one_hot,
    "default groups, LightGBM": lambda part: _ours(part, "lightgbm"),
    "default groups, auto": lambda part: _ours(part, "auto"),
}
"""What is measured, in the order of the table; the last one is ours."""


def judge(part: Part, predictor: str) -> dict[str, float | None]:
    """Metrics of a predictor on the architectures that are not trained on."""
    scores = PREDICTORS[predictor](part)
    truth = part.labels.values.loc[scores.index].to_numpy()
    x, direction = scores.to_numpy(), part.labels.direction
    found = {
        "KT": kendall_tau(x, truth),
        "SPR": spearman(x, truth),
        "nDCG": ndcg(x, label_gains(truth, direction)[0]),
        "regret@10": regret(x, truth, 10, direction),
    }
    return {name: metric.value for name, metric in found.items()}

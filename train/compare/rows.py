"""One ranking, one number of labels, one seed: the row of numbers that comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, evaluate_scores, ranker_scores
from proxyrank.features import FeatureTable
from proxyrank.spaces import SearchSpace, get_space
from proxyrank.train.compare.plan import MEASURES, ComparePlan, Learnt
from proxyrank.train.compare.scores import score_of
from proxyrank.train.fit import FitPlan, fit_ranker
from proxyrank.train.splits import split_train

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Field:
    """What all rankings of a comparison share; it can be sent to another process.

    Attributes
    ----------
    space
        The search space, as `get_space` takes it.
    labels
        Of all architectures that are split.
    plan
        Of the comparison.
    features
        A table in place of computed features.
    aside
        Architectures that are not judged, because a ranker folder was trained on them.
    """

    space: str | SearchSpace
    labels: Labels
    plan: ComparePlan
    features: FeatureTable | None = None
    aside: frozenset[str] = frozenset()

    def split(self, size: int, seed: int) -> tuple[list[str], Labels]:
        """Architectures to train on, and the labels of those to judge on: all others."""
        archs = list(self.labels.values.index)
        space, kind = get_space(self.space), self.plan.split
        trained = split_train(space, archs, kind=kind, train_size=size, seed=seed)
        judged = self.labels.subset(set(archs) - set(trained) - self.aside)
        if len(judged.values) < 2:
            raise ProxyrankError(
                f"{len(judged.values)} of {len(archs)} labelled architectures are left to judge on with "
                f"{size} trained; give fewer to --sizes"
            )
        return trained, judged


def learnt_row(task: tuple[Learnt, int, int], *, field: Field) -> Row:
    """A trained ranking; one that cannot be trained has the reason in place of numbers."""
    ranking, size, seed = task
    plan, space = field.plan, get_space(field.space)
    fit = FitPlan(
        ranking.groups,
        model=ranking.model,
        population=plan.population,
        split=plan.split,
        train_size=size,
        seed=seed,
        dataset=plan.dataset,
        settings=plan.settings,
    )
    trained, judged = field.split(size, seed)
    try:
        ranker = fit_ranker(space, field.labels, fit, features=field.features)
    except ProxyrankError as error:
        return _row(ranking.name, size, seed, len(judged.values), reason=str(error))
    assert list(ranker.train_archs) == trained
    scores = ranker_scores(ranker, list(judged.values.index), field.features)
    return {**_judged(ranking.name, size, seed, scores, judged), "model": ranker.card.model}


def score_rows(field: Field, frame: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    """Scores that nobody trains, on what the trained rankings are judged on."""
    rows = []
    for size in field.plan.sizes:
        for seed in field.plan.seeds:
            _, judged = field.split(size, seed)
            own = frame.loc[judged.values.index]
            rows += [_judged(name, size, seed, score_of(name, own), judged) for name in names]
    return rows


def _judged(name: str, size: int, seed: int, scores: pd.Series, judged: Labels) -> Row:
    report = evaluate_scores(scores, judged, bootstrap=0)
    reasons = [m.reason for measure, m in report.metrics.items() if measure in MEASURES and m.reason]
    values = {measure: report.metrics[measure].value for measure in MEASURES}
    return _row(name, size, seed, report.n, values, reason=reasons[0] if reasons else "")


def _row(
    name: str,
    size: int,
    seed: int,
    judged: int,
    values: Mapping[str, float | None] | None = None,
    *,
    reason: str = "",
) -> Row:
    measured = values or dict.fromkeys(MEASURES)
    return {"ranking": name, "size": size, "seed": seed, "judged": judged, **measured, "reason": reason}

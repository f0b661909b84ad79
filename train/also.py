"""Train on a label with the help of another one: labels of another data set, or of fewer epochs."""

from dataclasses import replace
from pathlib import Path

from proxyrank.common.digests import archs_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population, without
from proxyrank.models import LabelCard, ProxyRanker, SplitCard
from proxyrank.models.estimators.also import AlsoRanker
from proxyrank.models.intervals import conformal_intervals
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import equal_keys
from proxyrank.train.fit import FitPlan, fit_ranker, training_part
from proxyrank.train.remarks import fit_remarks

LEAST_OTHERS = 32
"""Labels of other networks below which another label is not asked."""


def train_with_other(
    space: SearchSpace, labels: Labels, other: Labels, plan: FitPlan
) -> tuple[ProxyRanker, list[str]]:
    """What `fit_with_other` makes, and what a person should know about it."""
    ranker = fit_with_other(space, labels, other, plan)
    return ranker, [*fit_remarks(ranker, labels), *ranker.card.notes]


def fit_with_other(space: SearchSpace, labels: Labels, other: Labels, plan: FitPlan) -> ProxyRanker:
    """A ranker for the labels that also knows what a ranker of another label says of a network.

    The other ranker is trained on the networks that are equal to none of the training part: there its scores
    are out of sample, as they are for networks that neither has seen.

    Parameters
    ----------
    space
        Search space of both labels.
    labels
        What is ranked by.
    other
        The other label, of any architectures of the population.
    plan
        How to train both; its model is LightGBM unless another one is named.

    Raises
    ------
    ProxyrankError
        If too few networks have the other label only, or as `fit_ranker`.
    """
    chosen = training_part(space, labels, plan)
    archs = sorted(chosen.values.index)
    groups = equal_keys(space, archs)
    known = in_population(space, other, plan.population)
    trained = set(groups)
    names = list(known.values.index)
    seen = [arch for arch, key in zip(names, equal_keys(space, names), strict=True) if key in trained]
    rest = without(known, seen)
    if len(rest.values) < LEAST_OTHERS:
        raise ProxyrankError(
            f"--also {other.name}: {len(rest.values)} networks beside the training part have that label, "
            f"expected at least {LEAST_OTHERS}; labels of the same networks add nothing"
        )
    model = plan.model or "lightgbm"
    how = replace(plan, model=model, train_size=None, split="published", intervals=False)
    source = fit_ranker(space, rest, how)
    estimator = AlsoRanker(
        source.estimator,
        source_model=model,
        model=model,
        params=dict(plan.params),
        direction=labels.direction,
        random_state=plan.seed,
        n_jobs=plan.threads,
    )
    X, y = source.matrix(archs).to_numpy(), chosen.values.loc[archs].to_numpy()
    estimator.fit(X, y, groups=groups)
    intervals, why = None, None
    if plan.intervals:
        intervals, why = conformal_intervals(
            estimator, X, y, groups=groups, context={}, direction=labels.direction
        )
    helped = "helps" if estimator.uses_source_ else "does not help out of fold and is left out"
    changes = {
        "label": LabelCard(name=labels.name, direction=labels.direction, path=Path(labels.path).name or None),
        "split": SplitCard(
            kind=plan.split, train_size=len(archs), seed=plan.seed, population=plan.population
        ),
        "model": "also",
        "params": estimator.stored_params(),
        "target": estimator.target_.name if estimator.target_ else None,
        "score_is_label": estimator.score_is_label,
        "n_train": len(archs),
        "n_dropped": 0,
        "unused": [],
        "train_archs_sha256": archs_digest(archs),
        "intervals": intervals,
        "notes": [
            f"--also {other.name}: {len(rest.values)} labels of other networks; the label {helped}",
            *([why] if why else []),
        ],
    }
    return ProxyRanker._of(source.card.model_copy(update=changes), estimator, archs, space)

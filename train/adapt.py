"""Carry a ranker over to another data set, and show what that is worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from proxyrank.common.digests import archs_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, evaluate_scores, in_population, ranker_scores, require_varied, without
from proxyrank.features import FeatureTable, get_group
from proxyrank.features.defaults import FEW_LABEL_GROUPS
from proxyrank.models import LabelCard, ProxyRanker, RankerCard, SplitCard
from proxyrank.models.estimators.transfer import TransferRanker
from proxyrank.models.intervals import conformal_intervals
from proxyrank.spaces import has, require, source_of
from proxyrank.spaces.equal import equal_keys
from proxyrank.train.splits import split_train

LEAST = 4
"""Labels that a transfer needs."""


@dataclass(frozen=True)
class TransferPlan:
    """Which labels a transfer learns from.

    Attributes
    ----------
    split, train_size, seed
        How they are chosen among those of the source's population, as in `split_train`; a size of None takes
        all.
    """

    split: str = "published"
    train_size: int | None = None
    seed: int = 0


def fit_transfer(
    source: ProxyRanker,
    labels: Labels,
    plan: TransferPlan | None = None,
    *,
    features: FeatureTable | None = None,
) -> ProxyRanker:
    """A ranker for the labels' data set, from a source ranker and some of the labels.

    Parameters
    ----------
    source
        A fitted ranker; its population is kept to.
    labels
        Of the new data set.
    plan
        Which of them are learnt from; None takes all.
    features
        Table of the architectures, for a source that was trained on one.

    Raises
    ------
    ProxyrankError
        If there are too few labels, or they are all equal.
    """
    plan, population = plan or TransferPlan(), source.card.population
    space = source.search_space
    archs = list(in_population(space, labels, population).values.index)
    archs = archs if features is None else [arch for arch in archs if arch in features.frame.index]
    train = split_train(space, archs, kind=plan.split, train_size=plan.train_size, seed=plan.seed)
    split = SplitCard(kind=plan.split, train_size=len(train), seed=plan.seed, population=population)
    return transfer_ranker(source, labels, train, split=split, features=features)


def transfer_ranker(
    source: ProxyRanker,
    labels: Labels,
    train: Sequence[str],
    *,
    split: SplitCard | None = None,
    features: FeatureTable | None = None,
) -> ProxyRanker:
    """A ranker for the labels' data set, from a source ranker and the labels of a few architectures.

    Network features stay those of the source's stored settings, its data set included: they describe the
    untrained network, and its ranker knows them so.

    Parameters
    ----------
    source
        A fitted ranker.
    labels
        Of the new data set.
    train
        Architectures to learn from, at least 4.
    split
        How they were chosen.
    features
        As in `fit_transfer`.

    Raises
    ------
    ProxyrankError
        If there are too few labels, or they are all equal.
    """
    if len(train) < LEAST:
        raise ProxyrankError(
            f"a transfer needs at least {LEAST} labels, got {len(train)}; without any, rank with the source"
        )
    chosen = labels.subset(train)
    require_varied(chosen)
    archs = sorted(chosen.values.index)
    card = source.card
    estimator = TransferRanker(
        source.estimator,
        source_model=card.model,
        columns=_corrected_columns(card),
        direction=labels.direction,
        random_state=card.params.get("random_state", 0),
    )
    X, y = source.matrix(archs, features=features).to_numpy(), chosen.values.loc[archs].to_numpy()
    groups = equal_keys(source.search_space, archs)
    estimator.fit(X, y, pool=_pool(source, features), groups=groups)
    intervals, why = conformal_intervals(
        estimator, X, y, groups=groups, context={}, direction=labels.direction
    )
    label = LabelCard(name=labels.name, direction=labels.direction, path=Path(labels.path).name or None)
    notes = [
        f"transferred from a ranker of {card.label.name} trained on {card.n_train}",
        *([f"network features stay those of {card.dataset}"] if _needs_network(card, card.groups) else []),
        *([why] if why else []),
    ]
    changes = {
        "label": label,
        "split": split or SplitCard(kind="given", train_size=len(archs), population=card.population),
        "model": "transfer",
        "params": estimator.stored_params(),
        "target": estimator.target,
        "score_is_label": True,
        "n_train": len(archs),
        "n_dropped": 0,
        "train_archs_sha256": archs_digest(archs),
        "intervals": intervals,
        "notes": notes,
        "commands": [],
    }
    return ProxyRanker._of(card.model_copy(update=changes), estimator, archs, source.search_space)


def transfer_table(
    source: ProxyRanker,
    labels: Labels,
    *,
    sizes: Sequence[int] = (16, 32, 64, 128),
    seeds: Sequence[int] = (1, 2, 3),
    features: FeatureTable | None = None,
) -> pd.DataFrame:
    """KT on the new data set: of the source as it is, carried over, and trained from nothing.

    ``features`` is a table as `fit_transfer` takes it.

    Returns
    -------
    DataFrame
        ``labels, zero_shot, transferred, scratch`` (means over seeds, each judged on the networks trained for
        neither), ``seeds``.
    """
    space = source.search_space
    known = without(in_population(space, labels, source.card.population), source.train_archs)
    known = known if features is None else known.subset(features.frame.index)
    rows = []
    for size in sizes:
        for seed in seeds:
            plan = TransferPlan(train_size=size, seed=seed)
            transferred = fit_transfer(source, known, plan, features=features)
            train = transferred.train_archs
            scratch = ProxyRanker(
                tuple(source.card.groups),
                "ensemble",
                source_of(space),
                settings=source.settings,
                random_state=seed,
            ).fit(
                train,
                known.values.loc[list(train)],
                direction=labels.direction,
                split=transferred.card.split,
                features=features,
            )
            unseen = without(known, train)
            row: dict[str, float | int | None] = {"labels": size, "seed": seed}
            for name, ranker in (("zero_shot", source), ("transferred", transferred), ("scratch", scratch)):
                scores = ranker_scores(ranker, list(unseen.values.index), features)
                row[name] = evaluate_scores(scores, unseen, bootstrap=0).to_dict()["KT"]
            rows.append(row)
    frame = pd.DataFrame(rows)
    table = frame.groupby("labels")[["zero_shot", "transferred", "scratch"]].mean().reset_index()
    return table.assign(seeds=len(seeds))


def _corrected_columns(card: RankerCard) -> list[int] | None:
    """Positions of the columns that the correction looks at; None (all) where the source has none of them."""
    few = {c for name in FEW_LABEL_GROUPS if name in card.groups for c in card.groups[name].columns}
    return [i for i, name in enumerate(card.feature_names) if name in few] or None


def _needs_network(card: RankerCard, groups: Iterable[str]) -> bool:
    return any(card.groups[name].source == "computed" and get_group(name).needs_network for name in groups)


def _pool(source: ProxyRanker, features: FeatureTable | None) -> pd.DataFrame:
    """What the source sees of its whole population, if that can be listed without a network or a table.

    Else what it sees of a given table, else of its training rows.
    """
    if features is not None:
        return source.matrix(features.frame.index, features=features)
    card, space = source.card, source.search_space
    used = [name for name in card.groups if name not in card.unused]
    cheap = all(card.groups[name].source == "computed" and not get_group(name).needs_network for name in used)
    if cheap and has(space, "archs"):
        return source.matrix(require(space, "archs", "a transfer").archs(card.population))
    return source.matrix(source.train_archs)

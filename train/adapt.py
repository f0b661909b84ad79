"""Carry a ranker over to another data set, and show what that is worth."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.digests import archs_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, evaluate_scores, in_population, ranker_scores, require_varied, without
from proxyrank.features import get_group
from proxyrank.models import LabelCard, ProxyRanker, SplitCard
from proxyrank.models.estimators.transfer import TransferRanker
from proxyrank.models.intervals import conformal_intervals
from proxyrank.spaces import equality_key, has, require, source_of
from proxyrank.train.splits import split_train

FAMILIES = ("paths", "flow")
"""Groups that the correction looks at, where the source has them: few labels, few columns."""
LEAST = 4


def transfer_ranker(
    source: ProxyRanker, labels: Labels, train: Sequence[str], *, split: SplitCard | None = None
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
    space = source.search_space
    card = source.card
    few = [c for name in FAMILIES if name in card.groups for c in card.groups[name].columns]
    at = {name: i for i, name in enumerate(card.feature_names)}
    estimator = TransferRanker(
        source.estimator,
        source_model=card.model,
        columns=[at[name] for name in sorted(few) if name in at] or None,
        direction=labels.direction,
        random_state=card.params.get("random_state", 0),
    )
    X, y = source.matrix(archs).to_numpy(), chosen.values.loc[archs].to_numpy()
    groups = [equality_key(space, arch) for arch in archs]
    estimator.fit(X, y, pool=_pool(source), groups=groups)
    intervals, why = conformal_intervals(
        estimator, X, y, groups=groups, context={}, direction=labels.direction
    )
    ranker = ProxyRanker(tuple(card.groups), "transfer", source_of(space), settings=source.settings)
    ranker.estimator, ranker.train_archs = estimator, tuple(archs)
    network = any(
        info.source == "computed" and get_group(name).needs_network for name, info in card.groups.items()
    )
    known = split or SplitCard(kind="given", train_size=len(archs), population=card.population)
    ranker.card = card.model_copy(
        update={
            "label": LabelCard(
                name=labels.name, direction=labels.direction, path=Path(labels.path).name or None
            ),
            "split": known,
            "model": "transfer",
            "params": estimator.export()[0]["params"],
            "target": estimator.target,
            "score_is_label": True,
            "n_train": len(archs),
            "n_dropped": 0,
            "train_archs_sha256": archs_digest(archs),
            "intervals": intervals,
            "notes": [
                f"transferred from a ranker of {card.label.name} trained on {card.n_train}",
                *([f"network features stay those of {card.dataset}"] if network else []),
                *([why] if why else []),
            ],
        }
    )
    return ranker


def transfer_table(
    source: ProxyRanker,
    labels: Labels,
    *,
    sizes: Sequence[int] = (16, 32, 64, 128),
    seeds: Sequence[int] = (1, 2, 3),
) -> pd.DataFrame:
    """KT on the new data set: of the source as it is, carried over, and trained from nothing.

    Returns
    -------
    DataFrame
        ``labels, zero_shot, transferred, scratch`` (means over seeds, each judged on the networks trained for
        neither), ``seeds``.
    """
    space = source.search_space
    known = without(in_population(space, labels, source.card.population), source.train_archs)
    archs = list(known.values.index)
    rows = []
    for size in sizes:
        for seed in seeds:
            train = split_train(space, archs, kind="published", train_size=size, seed=seed)
            values = known.values.loc[train]
            split = SplitCard(kind="published", train_size=size, seed=seed, population=source.card.population)
            scratch = ProxyRanker(
                tuple(source.card.groups),
                "ensemble",
                source_of(space),
                settings=source.settings,
                random_state=seed,
            ).fit(train, values, direction=labels.direction, split=split)
            rankers = {
                "zero_shot": source,
                "transferred": transfer_ranker(source, known, train, split=split),
                "scratch": scratch,
            }
            unseen = without(known, train)
            row: dict[str, float | int | None] = {"labels": size, "seed": seed}
            for name, ranker in rankers.items():
                scores = ranker_scores(ranker, list(unseen.values.index))
                row[name] = evaluate_scores(scores, unseen, bootstrap=0).to_dict()["KT"]
            rows.append(row)
    frame = pd.DataFrame(rows)
    table = frame.groupby("labels")[["zero_shot", "transferred", "scratch"]].mean().reset_index()
    return table.assign(seeds=len(seeds))


def _pool(source: ProxyRanker) -> pd.DataFrame:
    """What the source sees of its whole population, if that needs no network; else of its training rows."""
    card = source.card
    archs: Sequence[str] = source.train_archs
    space = source.search_space
    used = [name for name in card.groups if name not in card.unused]
    listed = has(space, "archs")
    if listed and all(
        card.groups[name].source == "computed" and not get_group(name).needs_network for name in used
    ):
        archs = require(space, "archs", "a transfer").archs(card.population)
    return source.matrix(archs)

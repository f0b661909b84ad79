"""Judging rankers and single scores on labels: which architectures count, and against what."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import compress

import pandas as pd

from proxyrank.common.errors import ProxyrankError, TableError, unknown
from proxyrank.evaluate.coverage import coverage_by_tenth, interval_metrics
from proxyrank.evaluate.labels import Labels
from proxyrank.evaluate.report import Report, evaluate_scores
from proxyrank.evaluate.sizes import SIZES, size_scores
from proxyrank.features import FeatureTable
from proxyrank.features.network.aggregates import AGGREGATES
from proxyrank.models import ProxyRanker
from proxyrank.spaces import DataShape, SearchSpace, canonical, has, require
from proxyrank.spaces.equal import equal_keys, equal_to_any


def in_population(space: SearchSpace, labels: Labels, population: str) -> Labels:
    """Labels of the architectures of a population.

    Raises
    ------
    TableError
        If there is none.
    """
    if population != "all":
        labels = labels.subset(require(space, "archs", f"the population {population}").archs(population))
    if labels.values.empty:
        raise TableError(f"{labels.path}: no architecture of the population {population} has a label")
    return labels


def population_note(labels: Labels, kept: Labels, population: str) -> list[str]:
    """How many labelled architectures a population leaves out, as at most one line."""
    gone = len(labels.values) - len(kept.values)
    left = f"population {population}: {gone} of {len(labels.values)} labelled architectures left out"
    return [left] if gone else []


def without(labels: Labels, archs: Collection[str]) -> Labels:
    """Labels of the other architectures."""
    return labels.subset({*labels.values.index, *labels.missing} - set(archs))


def seen_in_training(ranker: ProxyRanker, archs: Sequence[str]) -> list[bool]:
    """Whether each architecture, or one of the same canonical form, was trained on."""
    space = ranker.search_space
    trained = {canonical(space, arch) for arch in ranker.train_archs}
    return [canonical(space, arch) in trained for arch in archs]


def equal_to_trained(ranker: ProxyRanker, archs: Sequence[str]) -> list[bool]:
    """Whether each architecture is, up to names, a network that was trained on; the others are novel."""
    return equal_to_any(ranker.search_space, archs, ranker.train_archs)


def ranker_scores(
    ranker: ProxyRanker, archs: Sequence[str], features: FeatureTable | None = None
) -> pd.Series:
    """Score of each architecture, higher is better, indexed by architecture."""
    return ranker.rank(archs, features=features).set_index("arch")["score"]


def judge_ranker(
    ranker: ProxyRanker,
    labels: Labels,
    *,
    population: str | None = None,
    features: FeatureTable | None = None,
    k: int = 1000,
) -> tuple[Report, dict[str, int]]:
    """Metrics of a ranker on the labelled architectures that it was not trained on.

    Parameters
    ----------
    ranker
        A fitted ranker; its own population is kept to unless ``population`` says otherwise.
    labels
        Labels of the architectures to judge on.
    population
        Another population.
    features
        Features of a ranker that was trained on a user's own table.
    k
        Of nDCG.

    Returns
    -------
    Report
        The metrics, among them ``coverage90`` and ``interval_width`` of the prediction intervals; ``novel``
        has them for the networks that are equal to no training network.
    dict of str to int
        ``seen``: judged architectures whose canonical form was trained, ``equal``: those that are a training
        network up to names, ``trained``: exact training architectures left out, ``distinct``: different
        networks among all those trained on, ``labelled``: labelled architectures of the population,
        ``outside``: labelled ones that are not of it.

    Raises
    ------
    ProxyrankError
        If nothing is left to judge on.
    """
    card = ranker.card
    space = ranker.search_space
    known = in_population(space, labels, population or card.population)
    unseen = without(known, ranker.train_archs)
    judged = list(unseen.values.index)
    if not judged:
        raise ProxyrankError(
            f"{labels.path}: all {len(known.values)} labelled architectures were trained on; "
            "give others to judge on"
        )
    ranked = ranker.rank(judged, features=features).set_index("arch")
    equal = list(compress(judged, equal_to_trained(ranker, judged)))
    report = _judged(ranked, unseen, k)
    novel = _judged(ranked.drop(index=equal), without(unseen, equal), k) if equal else report
    return replace(report, novel=novel), {
        "labelled": len(known.values),
        "outside": len(labels.values) - len(known.values),
        "trained": len(known.values) - len(judged),
        "seen": sum(seen_in_training(ranker, judged)),
        "equal": len(equal),
        "distinct": len(set(equal_keys(space, ranker.train_archs))),
    }


def _judged(ranked: pd.DataFrame, labels: Labels, k: int) -> Report:
    report = evaluate_scores(ranked["score"], labels, k=k)
    metrics = {**report.metrics, **interval_metrics(ranked, labels.values)}
    return replace(report, metrics=metrics, coverage=coverage_by_tenth(ranked, labels.values))


def judge_scores(
    space: SearchSpace,
    labels: Labels,
    by: Sequence[str],
    *,
    dataset: str | DataShape,
    population: str = "all",
    table: FeatureTable | None = None,
    exclude: Collection[str] = (),
    k: int = 1000,
) -> dict[str, Report]:
    """Metrics of scores that need no training: sizes, or a feature table's columns (higher counts as better).

    With a table, the architectures judged are those of its rows that have a label, and the rules that combine
    its columns (`AGGREGATES`, such as vkdnw_agg) are scores too: ranks among the judged architectures.

    Raises
    ------
    ProxyrankError
        If a name is neither, or the table lacks a column of a rule.
    """
    judged = without(in_population(space, labels, population), exclude)
    if table is not None:
        judged = judged.subset(table.frame.index)
    rows = list(judged.values.index)
    sized = has(space, "sizes") or set(by) & set(SIZES)
    known = size_scores(space, rows, dataset) if sized else pd.DataFrame(index=rows)
    if table is not None:
        known = known.drop(columns=[c for c in table.frame if c in known]).join(table.frame)
    reports = {}
    for name in by:
        if name not in known and not (table is not None and name in AGGREGATES):
            raise unknown("score", name, (*known.columns, *(() if table is None else AGGREGATES)))
        own = known[name] if name in known else AGGREGATES[name](known)
        reports[name] = evaluate_scores(own, judged, k=k)
    return reports

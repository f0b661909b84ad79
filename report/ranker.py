"""The report of a ranker."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population, judge_ranker, size_scores, sized_dataset, without
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker
from proxyrank.report.facts import ranker_commands, settings_section
from proxyrank.report.importance import best_table, importance_section, reasons
from proxyrank.report.judged import ceiling_of, intervals_section, metrics_section, ranks_section
from proxyrank.report.page import Section, write_page
from proxyrank.report.points import front_plot
from proxyrank.spaces import default_dataset, has, require

BEST = 50
SIZED = 2000
"""Architectures whose cost is drawn; of more, the best and every n-th of the others."""


@dataclass(frozen=True, eq=False)
class Beside:
    """What a ranker's report may look at besides the ranker.

    Attributes
    ----------
    labels
        True values; None leaves out what needs them.
    repeats
        Single trainings behind them, a column each.
    features
        Table of the architectures, for a ranker of a user's own table.
    commands
        Command lines that belong to those that made the ranker: of this report, say.
    """

    labels: Labels | None = None
    repeats: pd.DataFrame | None = None
    features: FeatureTable | None = None
    commands: Sequence[str] = ()


def ranker_page(ranker: ProxyRanker, beside: Beside, path: Path, *, name: str) -> Path:
    """Write the report of a ranker.

    Raises
    ------
    ProxyrankError
        If no labelled architecture is left to judge on.
    """
    card, labels = ranker.card, beside.labels
    sections: list[Section] = []
    if labels is not None:
        report, _ = judge_ranker(ranker, labels, features=beside.features)
        known = without(in_population(ranker.search_space, labels, card.population), ranker.train_archs)
        best = ceiling_of(ranker.search_space, known, beside.repeats)
        judged = ranker.rank(list(known.values.index), features=beside.features)
        sections += [metrics_section(report, best), ranks_section(judged, known)]
        sections.append(intervals_section(report))
    ranked = ranker.rank(_candidates(ranker, labels), features=beside.features)
    sections += [_best(ranker, ranked, beside), importance_section(ranker, beside.features)]
    sections += [_cost(ranker, ranked), settings_section(ranker)]
    sections.append(ranker_commands(card, name, beside.commands))
    lead = (
        f"{card.model} on {'+'.join(card.groups)} ({len(card.feature_names)} columns), trained on "
        f"{card.n_train:,} architectures of {card.space} to rank by {card.label.name}, "
        f"{'higher' if card.label.direction == 'max' else 'lower'} is better"
    )
    return write_page(path, f"Ranker {name}", lead, sections)


def _candidates(ranker: ProxyRanker, labels: Labels | None) -> list[str]:
    """What nobody trained, as far as it can be listed; else what is labelled, else the training part."""
    trained, space = set(ranker.train_archs), ranker.search_space
    listed: Sequence[str] = ()
    if has(space, "archs"):
        try:
            listed = require(space, "archs", "a list of candidates").archs(ranker.card.population)
        except ProxyrankError:
            listed = ()
    known = [arch for arch in (listed or (labels.values.index if labels else ())) if arch not in trained]
    return list(dict.fromkeys(known)) or list(ranker.train_archs)


def _best(ranker: ProxyRanker, ranked: pd.DataFrame, beside: Beside) -> Section:
    best = ranked.head(BEST)
    if has(ranker.search_space, "sizes"):
        sizes = size_scores(ranker.search_space, list(best["arch"]), _dataset(ranker))
        best = best.join(sizes[["flops", "params"]], on="arch")
    why = reasons(ranker, list(best["arch"]), beside.features)
    table = best_table(best, why, beside.labels.values if beside.labels else None)
    text = [f"Of {len(ranked):,} architectures; why: the largest contributions to the score."]
    return Section(f"The best {len(best)}", [table], text)


def _cost(ranker: ProxyRanker, ranked: pd.DataFrame) -> Section:
    title = "Cost beside accuracy"
    if not has(ranker.search_space, "sizes"):
        return Section(title)
    step = -(-len(ranked) // SIZED)
    shown = pd.concat([ranked.head(BEST), ranked.iloc[BEST::step]]) if step > 1 else ranked
    sizes = size_scores(ranker.search_space, list(shown["arch"]), _dataset(ranker))
    frame = shown.join(sizes, on="arch").dropna(subset=["flops"])
    if frame.empty:
        return Section(title)
    up = "predicted" if ranker.card.label.direction == "max" and ranker.card.score_is_label else "score"
    said = f"{len(frame):,} of {len(ranked):,} ranked architectures, the best {BEST} among them."
    return Section(title, [front_plot(frame, "flops", up, said)])


def _dataset(ranker: ProxyRanker) -> str:
    space = ranker.search_space
    return default_dataset(space, ranker.card.dataset) or sized_dataset(space, ranker.card.label.name)

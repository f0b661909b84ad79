"""The demo: the whole way on the shipped digits benchmark, without any file of the user's."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from proxyrank.common.pictures import save_figure
from proxyrank.common.tabular import write_table
from proxyrank.evaluate import (
    Report,
    ceiling,
    judge_ranker,
    judge_scores,
    load_labels,
    noise_of_repeats,
    ranker_scores,
    without,
)
from proxyrank.evaluate.plots import plot_ranking
from proxyrank.features import FeatureTable, compute_features, get_group, parse_groups
from proxyrank.features.network.aggregates import AGGREGATES, READ
from proxyrank.models import ProxyRanker
from proxyrank.spaces.nb201 import NB201
from proxyrank.train.digits import digits_table
from proxyrank.train.fit import FitPlan, fit_ranker

TRAIN_SIZE = 256
SEED = 1
LABEL = "digits"

RANKINGS = {
    "all": FitPlan(parse_groups("all")),
    "vkdnw+zcs+graf": FitPlan(parse_groups("vkdnw+zcs+graf")),
    "graf": FitPlan(("graf",)),
    "vkdnw+zcs": FitPlan(parse_groups("vkdnw+zcs")),
    "vkdnw": FitPlan(("vkdnw",)),
    "vkdnw+zcs+graf, forest (published model)": FitPlan(parse_groups("vkdnw+zcs+graf"), model="forest"),
}
"""Model-driven rankings of the demo; the first is kept."""


COMMAND = (
    "proxyrank train --labels digits --label digits --groups all --population filtered "
    f"--train-size {TRAIN_SIZE} --seed {SEED} --no-intervals"
)
"""What trains the ranker that is kept, as its card states it."""


@dataclass(frozen=True)
class DemoResult:
    """What the demo found.

    Attributes
    ----------
    reports
        By ranking: the model-driven ones, then those that need no labels.
    ceiling
        What a ranking by the true accuracies would reach.
    ranks
        Ranking of the cells that nobody trained.
    n_train
        Cells trained on.
    ranker, picture
        Files of the best ranking.
    """

    reports: dict[str, Report]
    ceiling: dict[str, float | None]
    ranks: pd.DataFrame
    n_train: int
    ranker: Path
    picture: Path


def run_demo(out: Path, *, threads: int = 1) -> DemoResult:
    """Train on 256 labelled cells, judge on the others, rank all cells that have no label.

    Writes ``ranker/``, ``ranks.csv`` and ``ranking.png`` into the folder ``out``, which is made if absent.

    Parameters
    ----------
    out
        Folder of the results.
    threads
        Of the models.
    """
    out.mkdir(parents=True, exist_ok=True)
    labels = load_labels(digits_table(), space=NB201, label=LABEL)
    reports: dict[str, Report] = {}
    rankers: list[ProxyRanker] = []
    for name, plan in RANKINGS.items():
        plan = replace(plan, population="filtered", train_size=TRAIN_SIZE, seed=SEED, threads=threads)
        rankers.append(fit_ranker(NB201, labels, plan))
        reports[name], _ = judge_ranker(rankers[-1], labels)
    best = rankers[0]
    judged = without(labels, best.train_archs).values
    reports |= judge_scores(
        NB201,
        labels,
        ["vkdnw_agg", "az_nas", "vkdnw_single", "flops"],
        dataset=LABEL,
        population="filtered",
        table=_training_free(list(judged.index)),
    )
    best.save(out / "ranker", commands=[COMMAND])
    labelled = set(labels.values.index)
    ranks = best.rank([arch for arch in NB201.archs("filtered") if arch not in labelled])
    write_table(ranks, out / "ranks.csv")
    drawn = plot_ranking(
        ranker_scores(best, list(judged.index)),
        judged,
        title=f"{len(judged)} unseen cells, ranker trained on {len(best.train_archs)}",
        label="accuracy on digits [%]",
    )
    save_figure(drawn, out / "ranking.png")
    repeats = pd.read_parquet(digits_table()).set_index("arch").filter(like="digits_seed")
    best_possible = ceiling(judged, noise_of_repeats(repeats))
    return DemoResult(
        reports, best_possible, ranks, len(best.train_archs), out / "ranker", out / "ranking.png"
    )


def _training_free(archs: list[str]) -> FeatureTable:
    """Aggregates over the judged cells."""
    groups = [name for name in parse_groups("all") if get_group(name).needs_network]
    table = compute_features(
        NB201, archs, groups, settings={"dataset": LABEL}, columns=READ, prefer_shipped=True
    )
    return FeatureTable(
        pd.DataFrame({name: rule(table.frame) for name, rule in AGGREGATES.items()}), table.sidecar
    )

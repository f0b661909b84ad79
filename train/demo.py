"""The demo: the whole way on the shipped digits benchmark, without any file of the user's."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from proxyrank.common.tabular import write_table
from proxyrank.evaluate import Report, judge_ranker, judge_scores, load_labels, ranker_scores, without
from proxyrank.evaluate.plots import plot_ranking
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space, network_config
from proxyrank.train.digits import digits_table
from proxyrank.train.fit import FitPlan, fit_ranker

TRAIN_SIZE = 256


@dataclass(frozen=True)
class DemoResult:
    """What the demo found: judged networks by ranking name, and the ranking of cells nobody trained."""

    reports: dict[str, Report]
    ranks: pd.DataFrame
    n_train: int
    ranker: Path
    picture: Path


def run_demo(out: Path, *, threads: int = 1, seed: int = 1) -> DemoResult:
    """Train on 256 labelled cells, judge on the others, rank all cells that have no label.

    Writes ``ranker/``, ``ranks.csv`` and ``ranking.png`` into the folder ``out``, which is made if absent.

    Parameters
    ----------
    out
        Folder of the results.
    threads
        Of the models.
    seed
        Of the split and the models.
    """
    out.mkdir(parents=True, exist_ok=True)
    space = get_space("nb201")
    labels = load_labels(digits_table(), space=space, label="digits")
    plans = {
        "LightGBM, paths+cell+flow": FitPlan(("paths", "cell", "flow")),
        "LightGBM, graf": FitPlan(("graf",)),
        "forest (published model), graf": FitPlan(("graf",), model="forest"),
    }
    reports: dict[str, Report] = {}
    rankers: list[ProxyRanker] = []
    for name, plan in plans.items():
        plan = replace(plan, population="filtered", train_size=TRAIN_SIZE, seed=seed, threads=threads)
        rankers.append(fit_ranker(space, labels, plan))
        reports[name], _ = judge_ranker(rankers[-1], labels)
    best = rankers[0]
    sizes = judge_scores(
        space,
        labels,
        ["flops"],
        config=network_config("digits"),
        population="filtered",
        exclude=best.train_archs,
    )
    reports["FLOPs"] = sizes["flops"]
    best.save(out / "ranker")
    labelled = set(labels.values.index)
    ranks = best.rank([arch for arch in space.archs("filtered") if arch not in labelled])
    write_table(ranks, out / "ranks.csv")
    judged = without(labels, best.train_archs).values
    scores = ranker_scores(best, list(judged.index))
    plot_ranking(
        scores,
        judged,
        out / "ranking.png",
        title=f"{len(judged)} unseen cells, ranker trained on {len(best.train_archs)}",
        label="accuracy on digits [%]",
    )
    return DemoResult(reports, ranks, len(best.train_archs), out / "ranker", out / "ranking.png")

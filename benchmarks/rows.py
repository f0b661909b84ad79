"""README's rows of NAS-Bench-201: metrics and coverage over seeds, on all other networks and on novel ones.

    python benchmarks/rows.py nb201_accuracy.csv --out rows.jsonl [--seeds 21,22,23,24,25]
        [--groups "vkdnw;vkdnw,zcs;vkdnw,zcs,graf;all"] [--train-size 1024]

What `train --population filtered --train-size 1024` and `evaluate --json` print, without bootstrap intervals.
A line per fit is appended to ``--out``; a fit that is there is not made again. Then mean and range of seeds.
"""

import argparse
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

from proxyrank.evaluate import judge, load_labels
from proxyrank.features import parse_groups
from proxyrank.spaces import get_space
from proxyrank.train.fit import FitPlan, fit_ranker

LABELS = ("cifar10", "cifar100", "ImageNet16-120")
METRICS = ("KT", "SPR", "nDCG", "coverage90", "interval_width", "best_rank@10", "precision_top0.5pct")


def measured(path: str, groups: str, label: str, seed: int, size: int) -> dict[str, Any]:
    """One fit, judged."""
    space = get_space("nb201")
    labels = load_labels(path, space=space, label=label)
    dataset = "cifar10" if label == "cifar100" else label
    names = parse_groups(groups)
    plan = FitPlan(names, population="filtered", train_size=size, seed=seed, dataset=dataset, intervals=True)
    ranker = fit_ranker(space, labels, plan)
    report, counts = judge.judge_ranker(ranker, labels)
    found = report.to_dict()
    kept = {name: found[name] for name in (*METRICS, "coverage90_by_tenth", "n")}
    novel = {name: found["novel"][name] for name in (*METRICS, "coverage90_by_tenth", "n")}
    return {
        "key": [groups, label, seed], **kept, "novel": novel, "counts": counts, "unused": ranker.card.unused
    }  # fmt: skip


def _error(values: Any) -> float:
    """Standard error of the mean over seeds."""
    return float(np.std(values, ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("nan")


def show(rows: list[dict[str, Any]]) -> None:
    """Mean and range over the seeds of every groups and label."""
    for groups, label in dict.fromkeys((row["key"][0], row["key"][1]) for row in rows):
        own = [row for row in rows if row["key"][:2] == [groups, label]]
        texts = []
        for part, given in (("all", own), ("novel", [row["novel"] for row in own])):
            taus = [row["KT"] for row in given]
            means = " ".join(f"{name} {np.mean([row[name] for row in given]):.3f}" for name in METRICS[1:4])
            tenths = np.array([row["coverage90_by_tenth"] for row in given])
            least = tenths.mean(axis=0).argmin()
            texts.append(
                f"{part}: KT {np.mean(taus):.4f} ({min(taus):.4f} to {max(taus):.4f}) {means} "
                f"(error {_error([row['coverage90'] for row in given]):.3f} of coverage90) "
                f"least tenth {tenths[:, least].mean():.3f} (error {_error(tenths[:, least]):.3f})"
            )
        print(f"{groups} {label}, {len(own)} seeds; {'; '.join(texts)}")


def main() -> None:
    """Measure what is missing, and show all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", default="21,22,23,24,25")
    parser.add_argument("--groups", default="vkdnw;vkdnw,zcs;vkdnw,zcs,graf;all")
    parser.add_argument("--train-size", type=int, default=1024)
    options = parser.parse_args()
    # 400 resamples per judgement would take as long as the fit
    judge.evaluate_scores = functools.partial(judge.evaluate_scores, bootstrap=0)  # type: ignore[assignment]
    rows = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    for seed in map(int, options.seeds.split(",")):
        for groups in options.groups.split(";"):
            for label in LABELS:
                if [groups, label, seed] not in [row["key"] for row in rows]:
                    rows.append(measured(options.labels, groups, label, seed, options.train_size))
                    with options.out.open("a") as file:
                        file.write(json.dumps(rows[-1]) + "\n")
    show(rows)


if __name__ == "__main__":
    main()

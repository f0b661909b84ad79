r"""What a study, and labels of another data set, gain over the defaults: Kendall's tau on all other networks.

    python benchmarks/gains.py study --space nb201 --labels nb201_accuracy.csv --label cifar10 \
        --groups vkdnw,zcs,graf --population filtered --train-size 1024 [--trials 6] [--seeds 21,22,23,24,25]
    python benchmarks/gains.py also --labels nb201_accuracy.csv --label ImageNet16-120 --also cifar10 \
        --groups vkdnw,zcs,graf --population filtered --train-size 1024 [--others 3072] [--among]

``also``: other labels of cells that are not trained on or, ``--among``, of the trained ones and others. Both
beside `train --model lightgbm` on the same split. With ``--out FILE`` a line per seed is appended there,
and a seed that is there is not measured again: one file for each choice of the other options.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau

from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, in_population, load_labels, without
from proxyrank.models import ProxyRanker
from proxyrank.spaces import SearchSpace, get_space
from proxyrank.train.also import fit_with_other
from proxyrank.train.fit import FitPlan, fit_ranker, wanted_groups
from proxyrank.train.tuned import fit_tuned


def tau(ranker: ProxyRanker, labels: Labels) -> float:
    """Kendall's tau on what the ranker was not trained on."""
    known = without(in_population(ranker.search_space, labels, ranker.card.population), ranker.train_archs)
    archs = list(known.values.index)
    scores = ranker.rank(archs).set_index("arch")["score"].loc[archs]
    return float(kendalltau(scores, known.values)[0])


def drawn(
    space: SearchSpace, other: Labels, plan: FitPlan, trained: tuple[str, ...], count: int, among: bool
) -> Labels:
    """So many other labels, of cells that are not trained on or of all trained cells and further ones."""
    rest = sorted(set(in_population(space, other, plan.population).values.index) - set(trained))
    own = list(trained) if among else []
    further = derive_rng("also", plan.seed).choice(rest, count - len(own), replace=False)
    return other.subset({*own, *map(str, further)})


def main() -> None:
    """A line per seed, and the mean gain."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("study", "also"))
    parser.add_argument("--space", default="nb201")
    for name in ("labels", "label", "also", "groups"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--population", default="all")
    parser.add_argument("--train-size", type=int, default=1024)
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--others", type=int, default=3072)
    parser.add_argument("--among", action="store_true")
    parser.add_argument("--seeds", default="21,22,23,24,25")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    space = get_space(options.space)
    labels = load_labels(options.labels, space=space, label=options.label)
    groups = wanted_groups(space, options.groups, None, model="lightgbm")
    dataset = "cifar10" if options.label == "cifar100" else None
    measured: dict[int, tuple[float, float, str]] = {}
    if options.out is not None and options.out.exists():
        lines = map(json.loads, options.out.read_text().splitlines())
        measured = {seed: (before, after, model) for seed, before, after, model in lines}
    seeds = [int(seed) for seed in options.seeds.split(",")]
    for seed in seeds:
        if seed in measured:
            continue
        plan = FitPlan(
            groups, population=options.population, train_size=options.train_size, seed=seed, dataset=dataset
        )
        default = fit_ranker(space, labels, replace(plan, model="lightgbm"))
        if options.what == "study":
            better = fit_tuned(space, labels, plan, options.trials)
        else:
            other = load_labels(options.labels, space=space, label=options.also)
            known = drawn(space, other, plan, default.train_archs, options.others, options.among)
            better = fit_with_other(space, labels, known, replace(plan, model="lightgbm"))
        measured[seed] = tau(default, labels), tau(better, labels), better.card.model
        if options.out is not None:
            with options.out.open("a") as file:
                file.write(json.dumps([seed, *measured[seed]]) + "\n")
    for seed in seeds:
        before, after, model = measured[seed]
        print(f"seed {seed}: {before:.4f} {after:.4f} ({model})")
    gains = [measured[seed][1] - measured[seed][0] for seed in seeds]
    print(f"gain {np.mean(gains):+.4f}, {min(gains):+.4f} to {max(gains):+.4f}")


if __name__ == "__main__":
    main()

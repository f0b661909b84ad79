"""Kendall's tau of each proxy with the accuracy, by input and batch size, on a benchmark that ships.

    python benchmarks/inputs.py [--benchmark smallnets] [--count 300] [--batches 8,64]

A seeded choice of the labelled networks, seed 0, one thread; `docs/inputs.md` quotes it.
"""

import argparse
import random

import pandas as pd
import torch
from scipy.stats import kendalltau

from proxyrank.evaluate import load_labels
from proxyrank.features.network.score import score_archs
from proxyrank.spaces import get_space
from proxyrank.train.digits.benchmarks import BENCHMARKS, DATASET

LABEL = {"smallnets": "accuracy", "digits": "digits"}
PROXIES = "expressivity,progressivity,trainability,jacov,zico,naswot,snip,epe_nas,gradsign,grasp,zen,swap"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--benchmark", choices=LABEL, default="smallnets")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--batches", default="8,64")
    options = parser.parse_args()
    torch.set_num_threads(1)
    benchmark = BENCHMARKS[options.benchmark]
    space = get_space(benchmark.space)
    labels = load_labels(benchmark.table, space=space, label=LABEL[options.benchmark]).values
    archs = list(labels.index)
    random.Random(0).shuffle(archs)
    archs = archs[: options.count]
    found = {}
    for size in map(int, options.batches.split(",")):
        for source in ("noise", "pink"):
            settings = {"dataset": DATASET, "batch_size": size, "input": source, "seed": 0}
            values = score_archs(space, archs, PROXIES, settings).values
            found[f"{source}, {size}"] = {
                column: kendalltau(values[column], labels[values.index], nan_policy="omit").statistic
                for column in values
            }
    print(pd.DataFrame(found).round(3).to_string())


if __name__ == "__main__":
    main()

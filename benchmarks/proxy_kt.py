"""Kendall's tau of every column of every shipped table with the label it was made for.

    python benchmarks/proxy_kt.py nb201_accuracy.csv    # writes docs/_build/proxy_kt.csv

Of the cells without dead operations (`filtered`, 9,445 in NAS-Bench-201) those that the table holds and the
file labels. Each column is taken in the direction of its proxy, so that a positive figure is a proxy that
points the right way. Rows without a value are left out and counted.
"""

import sys
from pathlib import Path

import pandas as pd
from scipy.stats import kendalltau

from proxyrank.evaluate import load_labels
from proxyrank.features import FeatureTable, shipped_tables
from proxyrank.features.proxies import PROXIES
from proxyrank.spaces import DATASETS, get_space
from proxyrank.train.digits import digits_table

OUT = Path(__file__).resolve().parents[1] / "docs" / "_build" / "proxy_kt.csv"
DIRECTIONS = {column: proxy.direction for proxy in PROXIES.values() for column in proxy.columns}


def rows(accuracies: str) -> list[dict[str, object]]:
    """One row a table and column: data set, input, batch size, cells, KT."""
    space = get_space("nb201")
    live = set(space.archs("filtered"))
    found: list[dict[str, object]] = []
    for path, sidecar in shipped_tables().items():
        values = FeatureTable.read(path).frame
        for group in sidecar.groups.values():
            for family in group.families:
                dataset = family.settings.dataset
                if dataset not in DATASETS:
                    continue
                file = digits_table() if dataset == "digits" else accuracies
                labels = load_labels(str(file), space=space, label=dataset).values
                frame = pd.concat([labels.rename("label"), values[family.columns]], axis=1, join="inner")
                frame = frame[[arch in live for arch in frame.index]]
                for column in family.columns:
                    both = frame[["label", column]].dropna()
                    found.append(
                        {
                            "column": column,
                            "dataset": dataset,
                            "input": family.settings.input,
                            "batch": family.settings.batch_size,
                            "cells": len(both),
                            "without": len(frame) - len(both),
                            "KT": DIRECTIONS[column] * kendalltau(both["label"], both[column]).statistic,
                        }
                    )
    return found


if __name__ == "__main__":
    frame = pd.DataFrame(rows(sys.argv[1])).sort_values(["column", "dataset", "input", "batch"])
    frame.to_csv(OUT, index=False, float_format="%.3f")
    print(frame.to_string(index=False, float_format="%.3f"))

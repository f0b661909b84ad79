"""What the shipped benchmark is, and how far its labels can be predicted."""

from typing import Any

import pandas as pd

from proxyrank.evaluate import ceiling, kendall_tau, noise_of_equals, noise_of_repeats
from proxyrank.spaces.nb201 import NB201
from proxyrank.train.digits import digits_table


def digits_facts() -> dict[str, Any]:
    """Size, accuracies, label noise and the ceilings that follow.

    Returns
    -------
    dict
        ``noise`` holds one entry an estimate: from the two trainings of every cell, and from cells that are
        equal up to names (which also differ in the order of their parameters): ``n`` degrees of freedom,
        ``sd_of_label`` in points of accuracy, and the metrics of a perfect predictor.
    """
    table = pd.read_parquet(digits_table()).set_index("arch")
    labels, repeats = table["digits"], table.filter(regex=r"^digits_seed\d+$")
    estimates = {
        "two trainings": noise_of_repeats(repeats),
        "equal cells": noise_of_equals(labels, [NB201.function_key(arch) for arch in table.index]),
    }
    agreement = kendall_tau(repeats.iloc[:, 0].to_numpy(), repeats.iloc[:, 1].to_numpy())
    return {
        "cells": len(table),
        "trainings a cell": repeats.shape[1],
        "accuracy [%]": f"{labels.min():.1f} to {labels.max():.1f}, mean {labels.mean():.1f}",
        "KT between two trainings": None if agreement.value is None else round(agreement.value, 3),
        "noise": {
            name: {"n": noise.n, "sd_of_label": round(noise.overall, 3), **_rounded(ceiling(labels, noise))}
            for name, noise in estimates.items()
        },
    }


def _rounded(metrics: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 3) for name, value in metrics.items()}

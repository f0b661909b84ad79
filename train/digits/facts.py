"""What a shipped benchmark is, and how far its labels can be predicted."""

from typing import Any

import pandas as pd

from proxyrank.evaluate import ceiling, kendall_tau, noise_of_equals, noise_of_repeats
from proxyrank.spaces import get_space, has, require
from proxyrank.train.digits.benchmarks import Benchmark


def benchmark_facts(benchmark: Benchmark) -> dict[str, Any]:
    """Size, accuracies, label noise and the ceilings that follow.

    Returns
    -------
    dict
        ``noise`` holds one entry per estimate: from the two trainings of every network and, in a space that
        knows them, from networks that are equal up to names (which also differ in the order of their
        parameters): ``n`` degrees of freedom, ``sd_of_label`` in points of accuracy, and the metrics of a
        perfect predictor.
    """
    table = pd.read_parquet(benchmark.table).set_index("arch")
    labels, repeats = table[benchmark.label], table.filter(regex=rf"^{benchmark.label}_seed\d+$")
    estimates = {"two trainings": noise_of_repeats(repeats)}
    space = get_space(benchmark.space)
    if has(space, "function_key"):
        own = require(space, "function_key", benchmark.name)
        keys = [own.function_key(arch) for arch in table.index]
        estimates[f"equal {benchmark.members}"] = noise_of_equals(labels, keys)
    agreement = kendall_tau(repeats.iloc[:, 0].to_numpy(), repeats.iloc[:, 1].to_numpy())
    return {
        benchmark.members: len(table),
        f"trainings per {benchmark.members[:-1]}": repeats.shape[1],
        "accuracy [%]": f"{labels.min():.1f} to {labels.max():.1f}, mean {labels.mean():.1f}",
        "KT between two trainings": None if agreement.value is None else round(agreement.value, 3),
        "noise": {
            name: {"n": noise.n, "sd_of_label": round(noise.overall, 3), **_rounded(ceiling(labels, noise))}
            for name, noise in estimates.items()
        },
    }


def _rounded(metrics: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 3) for name, value in metrics.items()}

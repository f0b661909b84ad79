"""Rank correlation of the sampled Fisher matrix with the exact one, over untrained networks.

    python benchmarks/sampled_fisher.py [--networks 30] [--dataset ImageNet16-120] [--batch 16] [--draws 1,4]

NAS-Bench-201 networks drawn at random among those without dead ends, untrained, one batch of white noise. The
exact matrix costs min(classes, features) backward passes, the sampled one a pass a drawn class. Rank
correlations over the networks of the columns of vkdnw by both, and of the exact ones by two seeds of weights:
what a rank can be worth at all.
"""

import argparse
import time
from typing import Any

COLUMNS = ("vkdnw_entropy", "vkdnw_trace", "vkdnw_lambda_max", "vkdnw_effective_rank", "vkdnw_q50")


def describe(arch: str, dataset: str, size: int, seed: int, settings: Any) -> tuple[list[float], float]:
    """Columns of a network, and the seconds of the processor that they took."""
    import torch

    from proxyrank.features.network.batch import noise_batch
    from proxyrank.features.spectrum.describe import vkdnw_features
    from proxyrank.spaces import data_shape, get_space

    shape = data_shape(dataset)
    torch.manual_seed(seed)
    network = get_space("nb201").network(arch, shape)
    for parameter in network.parameters():
        if parameter.dim() > 1:
            torch.nn.init.kaiming_normal_(parameter)
    batch = noise_batch(shape, size, seed=seed)
    begin = time.process_time()
    found = vkdnw_features(network, batch, settings=settings)
    return [found[name] for name in COLUMNS], time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--networks", type=int, default=30)
    parser.add_argument("--dataset", default="ImageNet16-120")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--draws", default="1,4")
    options = parser.parse_args()

    import numpy as np
    import torch
    from scipy.stats import kendalltau, spearmanr

    from proxyrank.features.spectrum.fisher_settings import FisherSettings
    from proxyrank.spaces import get_space

    torch.set_num_threads(1)
    archs = get_space("nb201").sample(options.networks, seed=0, population="filtered")
    ways = {"exact": (0, FisherSettings(form="fisher")), "exact, seed 1": (1, FisherSettings(form="fisher"))}
    for draws in map(int, options.draws.split(",")):
        ways[f"sampled, {draws} per image"] = (0, FisherSettings(form="sampled", draws=draws))
    values, seconds = {}, {}
    for name, (seed, settings) in ways.items():
        runs = [describe(arch, options.dataset, options.batch, seed, settings) for arch in archs]
        values[name], seconds[name] = np.array([run[0] for run in runs]), sum(run[1] for run in runs)
    print(f"{options.networks} networks, {options.dataset}, {options.batch} images; with the exact matrix:\n")
    print("| | " + " | ".join(f"{name} KT (rho)" for name in COLUMNS) + " | s a network |")
    print("|---" * (len(COLUMNS) + 2) + "|")
    for name, rows in values.items():
        pairs = zip(values["exact"].T, rows.T, strict=True)
        cells = [f"{kendalltau(a, b).statistic:.3f} ({spearmanr(a, b).statistic:.3f})" for a, b in pairs]
        print(f"| {name} | " + " | ".join(cells) + f" | {seconds[name] / len(archs):.2f} |")


if __name__ == "__main__":
    main()

"""Pictures of regret curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from proxyrank.common.pictures import new_figure, save_figure


def plot_curves(curves: Mapping[str, Sequence[Sequence[float]]], path: Path, *, title: str) -> None:
    """Mean regret against the number of trained networks, a line a method, with its 95 % interval.

    Parameters
    ----------
    curves
        Method -> regret after 1, 2, ... networks, one curve a seed.
    path
        Picture to write.
    title
        Above it.
    """
    figure = new_figure(6, 4)
    axes = figure.subplots()
    for method, runs in curves.items():
        values = np.array(runs)
        mean = values.mean(axis=0)
        half = 1.96 * values.std(axis=0, ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0 * mean
        trained = np.arange(1, len(mean) + 1)
        axes.plot(trained, mean, label=method)
        axes.fill_between(trained, np.maximum(mean - half, 0), mean + half, alpha=0.2, linewidth=0)
    axes.set(xlabel="trained networks", ylabel="regret", title=title)
    axes.set_yscale("symlog", linthresh=0.05)
    axes.legend(frameon=False)
    save_figure(figure, path)

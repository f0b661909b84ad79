"""Pictures of regret curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.axes import banded_legend
from proxyrank.common.pictures import drawing, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINEAR = 0.05
"""Regret below which the axis is linear, so that 0 has a place."""


@drawing()
def plot_curves(
    curves: Mapping[str, Sequence[Sequence[float]]], *, title: str, ax: "Axes | None" = None
) -> "Axes":
    """Mean regret against the number of trained networks, a line a method, with its 95 % interval.

    Parameters
    ----------
    curves
        Method -> regret after 1, 2, ... networks, one curve a seed.
    title
        Above the picture.
    ax
        Where to draw; None makes a figure.
    """
    from matplotlib.ticker import SymmetricalLogLocator

    ax = own_axes(ax, 6, 4)
    for method, runs in curves.items():
        values = np.array(runs)
        mean = values.mean(axis=0)
        half = 1.96 * values.std(axis=0, ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0 * mean
        trained = np.arange(1, len(mean) + 1)
        ax.plot(trained, mean, label=method)
        ax.fill_between(trained, np.maximum(mean - half, 0), mean + half, alpha=0.2, linewidth=0)
    ax.set(xlabel="trained networks", ylabel="regret [points of the label]", title=title, xlim=(1, None))
    ax.set_yscale("symlog", linthresh=LINEAR)
    ax.yaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=LINEAR, subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_ylim(bottom=0)
    banded_legend(ax, "95 % interval of the mean", runs=max(len(runs) for runs in curves.values()))
    return ax

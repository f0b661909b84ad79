"""Pictures of a simulation."""

from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.common.axes import banded_legend, count_axis
from proxyrank.common.pictures import drawing, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawing()
def plot_simulation(
    rows: pd.DataFrame, metric: str = "KT", *, label: str, ax: "Axes | None" = None
) -> "Axes":
    """A metric against the number of trained networks, a line a strategy, a band of one deviation.

    Parameters
    ----------
    rows
        From `run_simulation`.
    metric
        A column of it; ``KT``, on all other networks, and ``regret`` have words of their own on the axis.
    label
        Name of the label.
    ax
        Where to draw; None makes a figure.
    """
    texts = {"KT": "Kendall's tau on all other networks", "regret": f"distance to the best {label}"}
    ax = own_axes(ax, 4.6, 4)
    for strategy, own in rows.groupby("strategy", sort=False):
        found = own.groupby("trained")[metric].agg(["mean", "std"]).fillna(0.0)
        ax.plot(found.index, found["mean"], marker="o", label=str(strategy))
        low, high = found["mean"] - found["std"], found["mean"] + found["std"]
        ax.fill_between(found.index, low, high, alpha=0.2, linewidth=0)
    count_axis(ax, rows["trained"])
    ax.set(xlabel="trained networks", ylabel=texts.get(metric, metric))
    banded_legend(ax, "± 1 standard deviation", runs=rows["seed"].nunique())
    return ax

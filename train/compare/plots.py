"""The learning curve of a comparison."""

from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.common.axes import banded_legend, count_axis
from proxyrank.common.pictures import RULE, drawing, own_axes
from proxyrank.train.compare.plan import ComparePlan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("--", ":", "-.", (0, (5, 1)))


@drawing()
def plot_comparison(
    table: pd.DataFrame, plan: ComparePlan, *, label: str, ax: "Axes | None" = None
) -> "Axes":
    """The plan's metric against the number of labels; what is not trained is drawn in grey dashes.

    Parameters
    ----------
    table
        From `summarise`.
    plan
        Of the comparison.
    label
        Name of the label.
    ax
        Where to draw; None makes a figure.
    """
    ax = own_axes(ax, 7.6, 4.2)
    trained, others = {ranking.name for ranking in plan.learnt}, 0
    for name, own in table.groupby("ranking", sort=False):
        sizes, mean = own["size"].to_numpy(), own[f"{plan.metric}_mean"].to_numpy()
        if name not in trained:
            ax.plot(sizes, mean, color=RULE, linestyle=_DASHES[others % len(_DASHES)], label=str(name))
            others += 1
            continue
        spread = own[f"{plan.metric}_std"].fillna(0.0).to_numpy()
        (line,) = ax.plot(sizes, mean, marker="o", label=str(name))
        ax.fill_between(sizes, mean - spread, mean + spread, alpha=0.2, linewidth=0, color=line.get_color())
        if len(sizes) == 1:
            ax.errorbar(sizes, mean, yerr=spread, fmt="none", color=line.get_color(), capsize=3)
    count_axis(ax, plan.sizes)
    ax.set(xlabel="trained networks", ylabel=f"{plan.metric} on all other networks", title=label)
    banded_legend(ax, "± 1 standard deviation", runs=len(plan.seeds), beside=True)
    return ax

"""Pictures of the paper's figures."""

from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.common.pictures import drawing, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 8


@drawing()
def plot_by_size(frame: pd.DataFrame, column: str, *, ax: "Axes | None" = None) -> "Axes":
    """Boxplots of a column's ranks over bins of the number of parameter tensors.

    Boxes are quartiles, whiskers reach the last value within 1.5 of their height; ranks go from 0 (the
    smallest value of the column) to 100 %.
    """
    ax = own_axes(ax, 3.2, 3.2)
    bins = pd.qcut(frame["vkdnw_dim"], BINS, duplicates="drop")
    ranks = 100 * frame[column].rank(pct=True)
    groups = [own.dropna().to_numpy() for _, own in ranks.groupby(bins, observed=True)]
    middles = [f"{interval.mid:.0f}" for interval in bins.cat.categories]
    ax.boxplot(groups, tick_labels=middles, showfliers=False)
    ax.set(title=column, xlabel="parameter tensors", ylabel="rank of the value [% of networks]")
    return ax

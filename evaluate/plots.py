"""Pictures of a ranking, where people would rather look than read."""

from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.common.axes import rank_axes
from proxyrank.common.pictures import BAD, GOOD, RULE, drawing, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawing()
def plot_ranking(
    scores: pd.Series, labels: pd.Series, *, label: str, title: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Scatter of the predicted rank against the true rank, coloured by label; the diagonal is perfect.

    Parameters
    ----------
    scores
        Higher is better, indexed by architecture.
    labels
        True values of the same architectures, higher is better.
    label
        Text of the colour bar.
    title
        Above the picture.
    ax
        Where to draw; None makes a figure.
    """
    scores = scores.reindex(labels.index)
    predicted, true = scores.rank(ascending=False), labels.rank(ascending=False)
    ax = own_axes(ax, 6.4, 5.4)
    points = ax.scatter(true, predicted, c=labels, s=9, linewidths=0)
    rank_axes(ax, len(labels))
    ax.axline((1, 1), slope=1, color=RULE, linewidth=0.8, zorder=0)
    ax.set(xlabel="true rank (1 is best)", ylabel="predicted rank", title=title)
    ax.figure.colorbar(points, ax=ax, label=label)
    return ax


@drawing()
def plot_bars(names: pd.Series, values: pd.Series, *, label: str, ax: "Axes | None" = None) -> "Axes":
    """Horizontal bars, the first on top.

    Parameters
    ----------
    names, values
        One bar each.
    label
        Text of the axis.
    ax
        Where to draw; None makes a figure.
    """
    ax = own_axes(ax, 7, 1.2 + 0.24 * len(names))
    ax.barh(range(len(names)), values, color=[GOOD if value >= 0 else BAD for value in values])
    ax.set_yticks(range(len(names)), [str(name) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.axvline(0.0, color=RULE, linewidth=0.8)
    ax.set_xlabel(label)
    return ax

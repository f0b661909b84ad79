"""Pictures of a ranking, where people would rather look than read."""

from pathlib import Path

import pandas as pd

from proxyrank.common.pictures import new_figure, save_figure


def plot_ranking(scores: pd.Series, labels: pd.Series, path: str | Path, *, title: str, label: str) -> None:
    """Scatter of the predicted rank against the true rank, coloured by label; the diagonal is perfect.

    Parameters
    ----------
    scores
        Higher is better, indexed by architecture.
    labels
        True values of the same architectures, higher is better.
    path
        Picture to write (.png, .svg or .pdf).
    title, label
        Texts of the picture and of its colour bar.
    """
    scores = scores.reindex(labels.index)
    predicted, true = scores.rank(ascending=False), labels.rank(ascending=False)
    figure = new_figure(6.4, 5.4)
    axes = figure.add_subplot()
    points = axes.scatter(true, predicted, c=labels, s=9, cmap="viridis", linewidths=0)
    axes.axline((0, 0), slope=1, color="0.6", linewidth=0.8, zorder=0)
    axes.set(xlabel="true rank (1 is best)", ylabel="predicted rank", title=title)
    axes.set(xlim=(0, len(labels) + 1), ylim=(0, len(labels) + 1))
    axes.invert_xaxis()
    axes.invert_yaxis()
    figure.colorbar(points, label=label)
    save_figure(figure, path)


def plot_bars(names: pd.Series, values: pd.Series, path: str | Path, *, label: str) -> None:
    """Horizontal bars, the first on top.

    Parameters
    ----------
    names, values
        One bar each.
    path
        Picture to write (.png, .svg or .pdf).
    label
        Text of the axis.
    """
    figure = new_figure(7, 1.2 + 0.24 * len(names))
    axes = figure.add_subplot()
    colours = ["tab:blue" if value >= 0 else "tab:red" for value in values]
    axes.barh(range(len(names)), values, color=colours)
    axes.set_yticks(range(len(names)), list(names))
    axes.invert_yaxis()
    axes.axvline(0.0, color="0.6", linewidth=0.8)
    axes.set_xlabel(label)
    save_figure(figure, path)

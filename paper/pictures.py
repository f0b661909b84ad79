"""Pictures of the paper's figures."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.pictures import new_figure, save_figure

BINS = 8


def plot_by_size(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Boxplots of ranks of columns over bins of the number of parameter tensors."""
    figure = new_figure(3.2 * len(columns), 3.2)
    bins = pd.qcut(frame["vkdnw_dim"], BINS, duplicates="drop")
    for axes, column in zip(figure.subplots(1, len(columns)), columns, strict=True):
        ranks = frame[column].rank(pct=True)
        groups = [own.dropna().to_numpy() for _, own in ranks.groupby(bins, observed=True)]
        middles = [f"{interval.mid:.0f}" for interval in bins.cat.categories]
        axes.boxplot(groups, tick_labels=middles, showfliers=False)
        axes.set(title=column, xlabel="parameter tensors")
    save_figure(figure, path, dpi=110)

"""Pictures of the paper's figures."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.files import atomic_path

BINS = 8


def plot_by_size(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Boxplots of ranks of columns over bins of the number of parameter tensors."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(columns), 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    bins = pd.qcut(frame["vkdnw_dim"], BINS, duplicates="drop")
    for axes, column in zip(figure.subplots(1, len(columns)), columns, strict=True):
        ranks = frame[column].rank(pct=True)
        groups = [own.dropna().to_numpy() for _, own in ranks.groupby(bins, observed=True)]
        middles = [f"{interval.mid:.0f}" for interval in bins.cat.categories]
        axes.boxplot(groups, tick_labels=middles, showfliers=False)
        axes.set(title=column, xlabel="parameter tensors")
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110, metadata={"Software": None})

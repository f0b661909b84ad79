"""Pictures of a simulation."""

from pathlib import Path

import pandas as pd

from proxyrank.common.pictures import new_figure, save_figure


def plot_simulation(rows: pd.DataFrame, path: str | Path, *, label: str) -> None:
    """KT and regret against the number of trained networks, a line a strategy, a band of one deviation.

    Parameters
    ----------
    rows
        From `run_simulation`.
    path
        Picture to write (.png, .svg or .pdf).
    label
        Name of the label.
    """
    figure = new_figure(9, 4)
    panels = figure.subplots(1, 2)
    texts = ("Kendall's tau on all other networks", f"distance to the best {label}")
    for axes, metric, text in zip(panels, ("KT", "regret"), texts, strict=True):
        for strategy, own in rows.groupby("strategy", sort=False):
            found = own.groupby("trained")[metric].agg(["mean", "std"]).fillna(0.0)
            axes.plot(found.index, found["mean"], marker="o", markersize=3, label=strategy)
            low, high = found["mean"] - found["std"], found["mean"] + found["std"]
            axes.fill_between(found.index, low, high, alpha=0.2, linewidth=0)
        axes.set(xlabel="trained networks", ylabel=text)
        axes.set_xscale("log", base=2)
        axes.legend(frameon=False)
    save_figure(figure, path)

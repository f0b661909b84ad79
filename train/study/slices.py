"""Slices of a study: the metric against each parameter, a small panel each, one colour bar for all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial

from proxyrank.common.pictures import drawing, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 4


@drawing()
def plot_slices(trials: Sequence[FrozenTrial], metric: str, i: int = 0) -> "list[Axes]":
    """The i-th metric against every parameter that some trial drew; later trials are darker.

    Parameters
    ----------
    trials
        With values.
    metric
        Its name.
    i
        Its place among the values.
    """
    from matplotlib.ticker import MaxNLocator

    names = sorted({name for trial in trials for name in trial.params})
    axes = panels(len(names), columns=COLUMNS, width=2.4, height=2.0)
    last = max(trial.number for trial in trials)
    points: Any = None
    for at, (name, ax) in enumerate(zip(names, axes, strict=True)):
        own = [trial for trial in trials if name in trial.params]
        places = _places(ax, name, own)
        points = ax.scatter(
            places,
            [trial.values[i] for trial in own],
            c=[trial.number for trial in own],
            cmap="Blues",
            vmin=-0.3 * last - 1,  # the first trial is not white
            vmax=max(last, 1),
            s=14,
            edgecolors="0.4",
            linewidths=0.4,
        )
        ax.set_title(name, fontsize=8)
        ax.tick_params(labelsize=7)
        if at % COLUMNS == 0:
            ax.set_ylabel(metric)
        else:
            ax.sharey(axes[0])
            ax.tick_params(labelleft=False)
    bar = axes[0].figure.colorbar(points, ax=axes, label="trial", fraction=0.03, pad=0.01)
    bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    bar.ax.set_ylim(0, max(last, 1))
    return axes


def _places(ax: "Axes", name: str, trials: Sequence[FrozenTrial]) -> list[float]:
    """Where the trials' values of a parameter stand on the x axis; choices stand side by side."""
    distribution = trials[0].distributions[name]
    values = [trial.params[name] for trial in trials]
    if not isinstance(distribution, CategoricalDistribution):
        if getattr(distribution, "log", False):
            ax.set_xscale("log")
            ax.xaxis.set_minor_formatter("{x:g}")
            ax.xaxis.set_major_formatter("{x:g}")
            ax.tick_params(axis="x", which="minor", labelsize=6)
        return [float(value) for value in values]
    texts = [str(choice) for choice in distribution.choices]
    ax.set_xticks(range(len(texts)), texts)
    ax.set_xlim(-0.5, len(texts) - 0.5)
    if sum(map(len, texts)) > 16:
        ax.tick_params(axis="x", rotation=30)
    return [float(texts.index(str(value))) for value in values]

"""Picture and page of a search."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from proxyrank.common.files import atomic_path
from proxyrank.common.pictures import COLOURS, FAINT, drawing, own_axes, panels, save_figure
from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.results import Found, score_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURE, PAGE = "search.png", "index.html"
_TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "search.html"
_COLUMNS = ("step", "score", "predicted", "low", "high", "flops", "params", "layers", "latency")


@drawing()
def plot_history(found: Found, plan: SearchPlan, *, ax: "Axes | None" = None) -> "Axes":
    """Scores by step, with the best so far; ``ax``: where to draw, None makes a figure."""
    ax = own_axes(ax, 5, 4)
    scores = found.history[score_columns(plan)[0]].to_numpy()
    ax.plot(found.history["step"], scores, ".", markersize=2, color=FAINT, label="one network")
    ax.plot(found.history["step"], np.maximum.accumulate(scores), color=COLOURS[0], label="best so far")
    ax.set(xlabel="step", ylabel=f"{plan.objectives[0]}, ranks among all seen")
    ax.legend()
    return ax


@drawing()
def plot_front(found: Found, plan: SearchPlan, *, ax: "Axes | None" = None) -> "Axes":
    """What was seen against FLOPs or the second objective, with the front; without either, nothing."""
    ax = own_axes(ax, 5, 4)
    history, names = found.history, score_columns(plan)
    across = plan.objectives[1].removeprefix("-") if len(names) > 1 else "flops"
    up = "predicted" if "predicted" in history else names[0]
    if across not in history:
        ax.set_axis_off()
        return ax
    front = found.front.sort_values(across)
    ax.plot(history[across], history[up], ".", markersize=2, color=FAINT, label="one network")
    ax.plot(front[across], front[up], "o-", color=COLOURS[1], label="front")
    if {"predicted", "low", "high"} <= set(front):
        ends = (front["predicted"] - front["low"], front["high"] - front["predicted"])
        ax.errorbar(front[across], front[up], yerr=ends, fmt="none", color=COLOURS[1], alpha=0.5)
    ax.set(xlabel=across, ylabel=plan.objectives[0] if up == names[0] else "predicted, 90 % interval")
    ax.legend()
    return ax


def write_page(found: Found, plan: SearchPlan, counts: dict[str, int], out: Path) -> Path:
    """``index.html`` and ``search.png``: history, front and the ten best. Returns the page."""
    from jinja2 import Environment

    axes = panels(2, columns=2, width=5, height=4)
    plot_history(found, plan, ax=axes[0])
    plot_front(found, plan, ax=axes[1])
    save_figure(axes[0], out / PICTURE)
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = template.render(
        plan=plan,
        counts=counts,
        picture=PICTURE,
        tables={"The ten best": _rows(found.best, plan), "The front": _rows(found.front, plan)},
    )
    with atomic_path(out / PAGE) as path:
        path.write_text(text, encoding="utf-8")
    return out / PAGE


def _rows(frame: pd.DataFrame, plan: SearchPlan) -> dict[str, list[str]]:
    """Texts by column, for the page."""
    wanted = [*score_columns(plan), *_COLUMNS, *plan.limits]
    columns = [name for name in dict.fromkeys(wanted) if name in frame]
    texts = {name: [f"{value:,.6g}" for value in frame[name]] for name in columns}
    return {**texts, "arch": list(frame["arch"])}

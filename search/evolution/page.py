"""Picture and page of a search."""

from pathlib import Path

import numpy as np
import pandas as pd

from proxyrank.common.files import atomic_path
from proxyrank.common.pictures import new_figure, save_figure
from proxyrank.search.evolution.plan import SearchPlan
from proxyrank.search.evolution.results import Found, score_columns

PICTURE, PAGE = "search.png", "index.html"
_TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "search.html"
_COLUMNS = ("step", "score", "predicted", "low", "high", "flops", "params", "layers", "latency")


def plot_search(found: Found, plan: SearchPlan, path: Path) -> None:
    """Scores by step, with the best so far; and the front."""
    names = score_columns(plan)
    figure = new_figure(10, 4)
    left, right = figure.subplots(1, 2)
    history, scores = found.history, found.history[names[0]].to_numpy()
    left.plot(history["step"], scores, ".", markersize=2, color="0.7")
    left.plot(history["step"], np.maximum.accumulate(scores), color="C0", label="best so far")
    left.set(xlabel="step", ylabel=f"{plan.objectives[0]}, ranks among all seen")
    left.legend(frameon=False)
    across = plan.objectives[1].removeprefix("-") if len(names) > 1 else "flops"
    up = "predicted" if "predicted" in history else names[0]
    if across in history:
        front = found.front.sort_values(across)
        right.plot(history[across], history[up], ".", markersize=2, color="0.7")
        right.plot(front[across], front[up], "o-", markersize=3, color="C1", label="front")
        if {"predicted", "low", "high"} <= set(front):
            ends = (front["predicted"] - front["low"], front["high"] - front["predicted"])
            right.errorbar(front[across], front[up], yerr=ends, fmt="none", color="C1", alpha=0.5)
        right.set(xlabel=across, ylabel=plan.objectives[0] if up == names[0] else "predicted, 90 % interval")
        right.legend(frameon=False)
    else:
        right.set_axis_off()
    save_figure(figure, path)


def write_page(found: Found, plan: SearchPlan, counts: dict[str, int], out: Path) -> Path:
    """``index.html`` and ``search.png``: history, front and the ten best. Returns the page."""
    from jinja2 import Environment

    plot_search(found, plan, out / PICTURE)
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

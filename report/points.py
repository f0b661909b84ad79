"""Points with names: predicted against true ranks, cost against what is wanted."""

from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.axes import rank_ticks
from proxyrank.common.pictures import COLOURS
from proxyrank.report.page import Plot

MOST_POINTS = 3000
"""Points of a picture; of more, every n-th is drawn."""
_SIZES = {"flops": "FLOPs", "params": "parameters", "latency": "latency [ms]"}


def ranks_plot(frame: pd.DataFrame, caption: str) -> Plot:
    """Predicted against true rank, 1 the best at the top right; columns ``arch, true, predicted, label``."""
    shown, n = thinned(frame), len(frame)
    axis = {"range": [1.02 * n + 1, 1 - 0.02 * n], "tickvals": rank_ticks(n)}
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": _list(shown["true"]),
        "y": _list(shown["predicted"]),
        "text": list(shown["arch"]),
        "customdata": _list(shown["label"]),
        "hovertemplate": "%{text}<br>true %{x}, predicted %{y}<br>label %{customdata:.3f}<extra></extra>",
        "marker": {
            "size": 5,
            "color": _list(shown["label"]),
            "colorscale": "Viridis",
            "colorbar": {"title": {"text": "label"}, "thickness": 12},
        },
    }
    diagonal = {
        "type": "scatter", "mode": "lines", "x": [1, n], "y": [1, n], "hoverinfo": "skip",
        "line": {"color": "#888", "width": 1},
    }  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": "true rank (1 is best)"}, **axis},
        "yaxis": {"title": {"text": "predicted rank"}, **axis},
        "showlegend": False,
        "tall": 520,
    }
    return Plot([diagonal, points], layout, caption + _thinning(shown, frame))


def front_plot(
    frame: pd.DataFrame, across: str, up: str, caption: str, *, point: str = "one network"
) -> Plot:
    """Cost against what is wanted, the Pareto front on top; columns ``arch`` and the two."""
    shown, front = thinned(frame), pareto(frame, across, up)
    hover = f"%{{text}}<br>{across} %{{x:,.4g}}<br>{up} %{{y:.4g}}<extra></extra>"

    def trace(rows: pd.DataFrame, mode: str, name: str, colour: str) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": mode, "name": name, "x": _list(rows[across]), "y": _list(rows[up]),
            "text": list(rows["arch"]), "hovertemplate": hover, "marker": {"size": 5, "color": colour},
            "line": {"width": 1.5, "color": colour},
        }  # fmt: skip

    layout = {"xaxis": {"title": {"text": _SIZES.get(across, across)}}, "yaxis": {"title": {"text": up}}}
    traces = [
        trace(shown, "markers", point, "#999"),
        trace(front, "lines+markers", "Pareto front", COLOURS[1]),
    ]
    return Plot(traces, layout, caption + _thinning(shown, frame))


def pareto(frame: pd.DataFrame, cost: str, wanted: str) -> pd.DataFrame:
    """Rows that no other beats: less cost, more of what is wanted; by cost."""
    rows = frame.dropna(subset=[cost, wanted]).sort_values([cost, wanted], ascending=[True, False])
    best = rows[wanted].cummax().shift(fill_value=-np.inf)
    return rows[rows[wanted] > best]


def thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, or every n-th row of a long one."""
    return frame.iloc[:: -(-len(frame) // MOST_POINTS) or 1]


def _thinning(shown: pd.DataFrame, frame: pd.DataFrame) -> str:
    return "" if len(shown) == len(frame) else f" {len(shown):,} of {len(frame):,} points are drawn."


def _list(values: "pd.Series[Any]") -> list[float]:
    found: list[float] = values.to_list()
    return found

"""Bars, and lines with spread."""

from collections.abc import Mapping, Sequence
from typing import Any

from proxyrank.common.pictures import COLOURS
from proxyrank.report.page import Plot

_GREYS = [
    ({"dash": dash, "color": "#888"}, {"symbol": symbol, "color": "#888", "size": 7})
    for dash, symbol in (("dash", "circle-open"), ("dot", "square-open"), ("dashdot", "diamond-open"))
]
"""Lines that stand aside, and their points."""


def bars_plot(
    names: Sequence[str], values: Sequence[float], label: str, caption: str, *, line: float | None = None
) -> Plot:
    """Bars side by side; ``line`` is drawn across them."""
    bars = {
        "type": "bar",
        "x": list(names),
        "y": list(values),
        "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
    }
    layout: dict[str, Any] = {"yaxis": {"title": {"text": label}}, "xaxis": {"type": "category"}}
    layout["bargap"] = max(0.2, 1 - 0.2 * len(names))  # one bar is no wall
    if line is not None:
        layout["shapes"] = [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": line, "y1": line,
             "line": {"color": COLOURS[1], "dash": "dash"}}
        ]  # fmt: skip
    return Plot([bars], layout, caption)


def lying_bars_plot(names: Sequence[str], values: Sequence[float], label: str, caption: str) -> Plot:
    """Lying bars, the first on top."""
    bars = {
        "type": "bar", "orientation": "h", "x": list(values), "y": list(names),
        "hovertemplate": "%{y}: %{x:.3g}<extra></extra>",
    }  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": label}},
        "yaxis": {"autorange": "reversed", "type": "category"},
        "tall": 90 + 22 * len(names),
    }
    return Plot([bars], layout, caption)


def lines_plot(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float], Sequence[float] | None]],
    across: str,
    up: str,
    caption: str,
    *,
    dashed: Sequence[str] = (),
    ticks: Sequence[float] | None = None,
) -> Plot:
    """Lines of x, y and, where there is one, a spread that is drawn as error bars; ticks mean doublings."""
    traces, greys = [], iter(_GREYS * len(dashed))
    for name, (x, y, spread) in lines.items():
        trace: dict[str, Any] = {
            "type": "scatter", "mode": "lines+markers", "name": name, "x": list(x), "y": list(y)
        }  # fmt: skip
        if spread is not None:
            trace["error_y"] = {"type": "data", "array": list(spread), "thickness": 1}
        if name in dashed:
            trace["line"], trace["marker"] = next(greys)
        traces.append(trace)
    axis: dict[str, Any] = {"title": {"text": across}}
    if ticks:
        axis |= {"type": "log", "tickvals": list(ticks), "ticktext": [f"{tick:,}" for tick in ticks]}
    return Plot(traces, {"xaxis": axis, "yaxis": {"title": {"text": up}}}, caption)

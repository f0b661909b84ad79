"""A comparison for people: its table as texts, Markdown, and how many labels are enough."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from proxyrank.train.compare.plan import ENOUGH, LOWER, ComparePlan


def wide_table(
    table: pd.DataFrame, plan: ComparePlan
) -> tuple[list[str], list[list[str]], set[tuple[int, int]]]:
    """Texts: a row a ranking, a column a size with mean ± deviation, then differences at the largest size.

    Returns
    -------
    list of str
        Header.
    list of list of str
        Rows.
    set of (int, int)
        Places of the best mean of each size.
    """
    metric, last = plan.metric, plan.sizes[-1]
    names = list(dict.fromkeys(table["ranking"]))
    at = {(row["ranking"], row["size"]): row for row in table.to_dict(orient="records")}
    header = ["ranking", *(f"{size} labels" for size in plan.sizes), f"difference at {last}"]
    rows, best = [], set()
    for name in names:
        texts = [_spread(at[name, size], metric) for size in plan.sizes]
        rows.append([name, *texts, _difference(at[name, last])])
    for column, size in enumerate(plan.sizes, start=1):
        means = [at[name, size][f"{metric}_mean"] for name in names]
        real = [mean for mean in means if not math.isnan(mean)]
        top = (min(real) if metric in LOWER else max(real)) if real else None
        best |= {(row, column) for row, mean in enumerate(means) if mean == top}
    return header, rows, best


def caption(plan: ComparePlan, label: str) -> str:
    """What the numbers are."""
    seeds = len(plan.seeds)
    spread = f"mean ± standard deviation over {seeds} splits" if seeds > 1 else "one split"
    return (
        f"{plan.metric} on {label}, {spread}, judged on all architectures that were not trained on; "
        f"difference from the ranking {plan.reference} on the same splits with its 95 % interval. "
        "Best mean of each column in bold."
    )


def to_markdown(table: pd.DataFrame, plan: ComparePlan, label: str, enough: pd.DataFrame) -> str:
    """GitHub table, its caption, and how many labels are enough."""
    header, rows, best = wide_table(table, plan)
    lines = [header, ["---", *["---:"] * (len(header) - 1)]]
    for i, row in enumerate(rows):
        lines.append([f"**{text}**" if (i, j) in best else text for j, text in enumerate(row)])
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    notes = "".join(f"- {line}\n" for line in enough_lines(enough, plan))
    return f"{text}\n\n{caption(plan, label)}\n" + (f"\n{notes}" if notes else "")


def enough_lines(enough: pd.DataFrame, plan: ComparePlan) -> list[str]:
    """A sentence a trained ranking."""
    lines = []
    for row in enough.to_dict(orient="records"):
        if len(plan.sizes) > 1:
            change = (
                f"from {plan.sizes[-2]} to {plan.sizes[-1]} labels {plan.metric} gains {row['gain']:+.3f}"
            )
            if not math.isnan(row["low"]):
                change += f" ({row['low']:+.3f} to {row['high']:+.3f})"
            few = f"{row['enough']} labels are enough (more gain less than {ENOUGH:g})"
            text = f"{few if pd.notna(row['enough']) else 'no size tried is enough'}: {change}"
        else:
            text = "one size was tried, which does not tell how many labels are enough"
        if pd.notna(row["above_sizes"]):
            text += f"; better than FLOPs and parameters from {row['above_sizes']} labels on"
        lines.append(f"{row['ranking']}: {text}")
    return lines


def _spread(row: Mapping[Any, Any], metric: str) -> str:
    mean, deviation = float(row[f"{metric}_mean"]), float(row[f"{metric}_std"])
    if math.isnan(mean):
        return "none"
    digits = 2 if metric in LOWER else 3
    return f"{mean:.{digits}f}" + ("" if math.isnan(deviation) else f" ± {deviation:.{digits}f}")


def _difference(row: Mapping[Any, Any]) -> str:
    mean, low, high = (float(row.get(name, math.nan)) for name in ("difference", "low", "high"))
    if math.isnan(mean):
        return ""
    return f"{mean:+.3f}" + ("" if math.isnan(low) else f" ({low:+.3f} to {high:+.3f})")

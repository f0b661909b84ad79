"""Mean, spread and paired differences over seeds."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from proxyrank.common.errors import unknown
from proxyrank.train.compare.plan import LOWER, MEASURES, ComparePlan

Floats = NDArray[np.float64]
LEVEL = 0.95
"""Of intervals."""


def interval_of(differences: Floats) -> tuple[float, float, float]:
    """Mean of paired differences and the ends of its t interval; without two differences no interval.

    It is about the mean over such splits of these labels: the judged architectures of two seeds overlap, so
    it says nothing about other labels.
    """
    d = differences[np.isfinite(differences)]
    mean = float(d.mean()) if len(d) else np.nan
    if len(d) < 2:
        return mean, np.nan, np.nan
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d)))
    return mean, mean - half, mean + half


def by_seed(rows: pd.DataFrame, metric: str) -> dict[tuple[str, int], Floats]:
    """A metric by ranking and size: a number for each seed, in one order."""
    seeds = sorted(set(rows["seed"]))
    found: dict[tuple[str, int], Floats] = {}
    for row in rows.to_dict(orient="records"):
        values = found.setdefault((row["ranking"], row["size"]), np.full(len(seeds), np.nan))
        if row[metric] is not None:
            values[seeds.index(row["seed"])] = row[metric]
    return found


def reference_of(rows: pd.DataFrame, plan: ComparePlan) -> str:
    """The ranking that others are compared with: the named one, else the best at the largest size.

    Raises
    ------
    ProxyrankError
        If there is none of that name.
    """
    known: list[str] = list(dict.fromkeys(rows["ranking"]))
    if plan.reference is not None:
        if plan.reference not in known:
            raise unknown("reference", plan.reference, known)
        return plan.reference
    means = rows[rows["size"] == plan.sizes[-1]].groupby("ranking", sort=False)[plan.metric].mean()
    means = means.astype("float64").dropna()
    if means.empty:
        return known[0]
    return str(means.idxmin() if plan.metric in LOWER else means.idxmax())


def summarise(rows: pd.DataFrame, plan: ComparePlan) -> pd.DataFrame:
    """One row a ranking and size.

    Returns
    -------
    DataFrame
        ``ranking, size, seeds``; mean and standard deviation of each measure; ``difference`` of the plan's
        metric from the reference's on the same seeds, with its 95 % interval ``low, high``.
    """
    values = by_seed(rows, plan.metric)
    reference = reference_of(rows, plan)
    everything = {measure: by_seed(rows, measure) for measure in MEASURES}
    found: list[dict[str, Any]] = []
    for ranking, size in values:
        row: dict[str, Any] = {"ranking": ranking, "size": size}
        row["seeds"] = int(np.isfinite(values[ranking, size]).sum())
        for measure, known in everything.items():
            row[f"{measure}_mean"], row[f"{measure}_std"] = mean_and_std(known[ranking, size])
        if ranking != reference:
            difference = interval_of(values[ranking, size] - values[reference, size])
            row |= dict(zip(("difference", "low", "high"), difference, strict=True))
        found.append(row)
    columns = ["ranking", "size", "seeds", *(f"{m}_{kind}" for m in MEASURES for kind in ("mean", "std"))]
    return pd.DataFrame(found, columns=[*columns, "difference", "low", "high"])


def mean_and_std(values: Floats) -> tuple[float, float]:
    """Mean and standard deviation (ddof 1) of the numbers that are there; NaN where there are too few."""
    real = values[np.isfinite(values)]
    return (
        float(real.mean()) if len(real) else np.nan,
        float(real.std(ddof=1)) if len(real) > 1 else np.nan,
    )

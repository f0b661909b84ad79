"""How many labels the prediction intervals of a ranking caught, in all and where predictions are alike."""

import numpy as np
import pandas as pd

from proxyrank.evaluate.metrics import Metric

TENTHS = 10


def interval_metrics(ranked: pd.DataFrame, labels: pd.Series) -> dict[str, Metric]:
    """Share of labels inside the prediction intervals, and the intervals' median width in label units.

    Parameters
    ----------
    ranked
        What `ProxyRanker.rank` returns, indexed by architecture.
    labels
        True values; those of architectures that were not ranked are not looked at.
    """
    if "low" not in ranked:
        none = Metric(None, "the ranker has no prediction intervals")
        return {"coverage90": none, "interval_width": none}
    inside = _inside(ranked, labels)
    if inside.empty:
        none = Metric(None, "no architecture")
        return {"coverage90": none, "interval_width": none}
    width = (ranked["high"] - ranked["low"])[inside.index]
    return {"coverage90": Metric(float(inside.mean())), "interval_width": Metric(float(width.median()))}


def coverage_by_tenth(ranked: pd.DataFrame, labels: pd.Series) -> list[float] | None:
    """Share of labels inside the intervals in each tenth of the predictions, the lowest first.

    None without intervals, or for fewer than ten architectures.

    Parameters
    ----------
    ranked, labels
        As of `interval_metrics`.
    """
    if "low" not in ranked:
        return None
    inside = _inside(ranked, labels)
    if len(inside) < TENTHS:
        return None
    order = np.argsort(ranked["predicted"][inside.index].to_numpy(), kind="stable")
    return [float(part.mean()) for part in np.array_split(inside.to_numpy()[order], TENTHS)]


def _inside(ranked: pd.DataFrame, labels: pd.Series) -> pd.Series:
    """Whether each known label lies inside its interval."""
    truth = labels.reindex(ranked.index)
    known = truth.notna()
    return ((ranked["low"] <= truth) & (truth <= ranked["high"]))[known]

"""How many labels are enough, as far as the sizes that were tried tell."""

from typing import Any

import pandas as pd

from proxyrank.train.compare.plan import ENOUGH, LOWER, ComparePlan
from proxyrank.train.compare.scores import BASELINES
from proxyrank.train.compare.table import by_seed, interval_of, mean_and_std


def enough_labels(rows: pd.DataFrame, plan: ComparePlan) -> pd.DataFrame:
    """How many labels are enough for each trained ranking, of the sizes that were tried.

    Returns
    -------
    DataFrame
        ``ranking``; ``enough``, the smallest size from which no larger one gains `ENOUGH` or more on average
        (missing: not even the last but one); ``gain, low, high`` of the largest size over the one before it;
        ``above_sizes``, the smallest size from which on the interval of the difference from every baseline
        lies above zero (missing: from none).
    """
    sign = -1 if plan.metric in LOWER else 1
    values = {place: sign * own for place, own in by_seed(rows, plan.metric).items()}
    sizes, baselines = plan.sizes, [n for n in BASELINES if n in set(rows["ranking"])]
    found: list[dict[str, Any]] = []
    for name in (ranking.name for ranking in plan.learnt):
        own = [values[name, size] for size in sizes]
        means = [mean_and_std(one)[0] for one in own]
        gains = [i for i, mean in enumerate(means[:-1]) if not max(means[i + 1 :]) - mean < ENOUGH]
        at = max(gains, default=-1) + 1
        row: dict[str, Any] = {"ranking": name, "enough": sizes[at] if at < len(sizes) - 1 else None}
        if len(sizes) > 1:
            row |= dict(zip(("gain", "low", "high"), interval_of(own[-1] - own[-2]), strict=True))
        above = [
            all(interval_of(one - values[other, size])[1] > 0 for other in baselines)
            for one, size in zip(own, sizes, strict=True)
        ]
        first = max((i for i, better in enumerate(above) if not better), default=-1) + 1
        row["above_sizes"] = sizes[first] if baselines and first < len(sizes) else None
        found.append(row)
    frame = pd.DataFrame(found, columns=["ranking", "enough", "gain", "low", "high", "above_sizes"])
    return frame.astype({"enough": "Int64", "above_sizes": "Int64"})

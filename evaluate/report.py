"""One judgement of a ranking: all metrics with their intervals, counts, reasons and notes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS, Direction
from proxyrank.common.seeds import derive_rng
from proxyrank.common.tabular import json_safe
from proxyrank.evaluate._report_notes import report_notes
from proxyrank.evaluate.gains import label_gains
from proxyrank.evaluate.labels import Labels
from proxyrank.evaluate.metrics import (
    Metric,
    kendall_tau,
    ndcg,
    random_ndcg,
    regret,
    spearman,
    top1,
    top_share_tau,
)
from proxyrank.evaluate.top import best_rank, top_precision

REGRET_AT = (1, 10, 100)
TOP_SHARE = 0.1
BEST_OF = 10
PRECISION_SHARE = 0.005
INTERVAL = 0.95
_TIES = (
    "KT is tau-b; nDCG is the mean over all orders of tied scores; "
    "for top1 and regret ties go by the order of the architecture strings"
)


@dataclass(frozen=True)
class Report:
    """What `evaluate_scores` found.

    Attributes
    ----------
    metrics
        ``KT, SPR, nDCG, top1, nDCG_random, KT_top10pct``, ``regret@k``, ``best_rank@10`` (true rank of the
        best of the first ten) and ``precision_top0.5pct``.
    intervals
        Bootstrap interval of KT, SPR and nDCG, absent where undefined.
    n
        Architectures compared.
    dropped
        Architectures left out for want of a score or a label, by reason.
    excluded
        Architectures left out because the caller said so.
    tied
        Architectures that share their score with another.
    label, direction
        Name of the label, and whether higher or lower is better.
    gain
        Rule of the gains of nDCG.
    ndcg_k
        Cut-off of nDCG as computed.
    bootstrap
        Resamples drawn.
    notes
        Hints, a line each.
    novel
        The same for the networks that are equal to no training network; None where nothing was trained.
    coverage
        Share of labels inside the prediction intervals in each tenth of the predictions, the lowest first;
        None without intervals.
    """

    metrics: Mapping[str, Metric]
    intervals: Mapping[str, tuple[float, float]]
    n: int
    dropped: Mapping[str, int]
    excluded: int
    tied: int
    label: str
    direction: Direction
    gain: str
    ndcg_k: int
    bootstrap: int
    notes: tuple[str, ...]
    novel: "Report | None" = None
    coverage: list[float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Flat record for strict JSON: metrics by name (None where undefined), then how they were made."""
        values = {name: metric.value for name, metric in self.metrics.items()}
        record: dict[str, Any] = {
            **values,
            "n": self.n,
            "dropped": sum(self.dropped.values()),
            "dropped_reasons": dict(self.dropped),
            "excluded": self.excluded,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "interval_level": INTERVAL,
            "bootstrap": self.bootstrap,
            "reasons": {name: metric.reason for name, metric in self.metrics.items() if metric.reason},
            "label": self.label,
            "direction": self.direction,
            "gain": self.gain,
            "ndcg_k": self.ndcg_k,
            "tied_scores": self.tied,
            "ties": _TIES,
            "notes": list(self.notes),
        }
        if self.coverage:
            record["coverage90_by_tenth"] = self.coverage
        if self.novel:
            record["novel"] = self.novel.to_dict()
        safe: dict[str, Any] = json_safe(record)
        return safe


def evaluate_scores(
    scores: pd.Series,
    labels: Labels | pd.Series,
    *,
    direction: Direction | None = None,
    k: int = 1000,
    bootstrap: int = 200,
    seed: int = 0,
    exclude: Collection[str] = (),
) -> Report:
    """Judge scores by labels.

    Parameters
    ----------
    scores
        Predictions, higher is better, index architectures; NaN and infinities are missing.
    labels
        True values by architecture.
    direction
        Whether higher or lower labels are better; None takes that of `Labels`, ``max`` for a plain series.
    k
        Cut-off of nDCG.
    bootstrap
        Resamples of the architectures, with replacement, for the percentile intervals; 0 for none.
    seed
        Seed of the resamples.
    exclude
        Architectures to leave out, such as those trained on.

    Raises
    ------
    ProxyrankError
        If an architecture occurs twice in scores or labels, k < 1, bootstrap < 0, or the direction is not
        the labels'.

    Examples
    --------
    >>> import pandas as pd
    >>> from proxyrank import evaluate_scores
    >>> truth = pd.Series({"a": 91.0, "b": 88.5, "c": 90.2, "d": 70.1})
    >>> scores = pd.Series({"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.5})
    >>> report = evaluate_scores(scores, truth, bootstrap=0)
    >>> round(report.to_dict()["KT"], 3)  # one pair of six is in the wrong order
    0.667
    """
    if k < 1:
        raise ProxyrankError(f"k must be at least 1, got {k}")
    if bootstrap < 0:
        raise ProxyrankError(f"bootstrap must be at least 0, got {bootstrap}")
    labels = _as_labels(labels, direction)
    table, dropped, excluded = _align(scores, labels, exclude)
    x, y = table["score"].to_numpy(), table["label"].to_numpy()
    oriented = SIGNS[labels.direction] * y
    gains, gain = label_gains(y, labels.direction) if len(y) else (y, "none, no architecture")
    metrics = {
        "KT": kendall_tau(x, oriented),
        "SPR": spearman(x, oriented),
        "nDCG": ndcg(x, gains, k),
        "top1": top1(x, y),
        "nDCG_random": random_ndcg(gains, k),
        f"KT_top{round(100 * TOP_SHARE)}pct": top_share_tau(x, y, TOP_SHARE, labels.direction),
        **{f"regret@{at}": regret(x, y, at, labels.direction) for at in REGRET_AT},
        f"best_rank@{BEST_OF}": best_rank(x, y, BEST_OF, labels.direction),
        f"precision_top{100 * PRECISION_SHARE:g}pct": top_precision(x, y, PRECISION_SHARE, labels.direction),
    }
    return Report(
        metrics=metrics,
        intervals=_intervals(x, oriented, gains, k, bootstrap, seed),
        n=len(x),
        dropped=dropped,
        excluded=excluded,
        tied=int(table["score"].duplicated(keep=False).sum()),
        label=labels.name,
        direction=labels.direction,
        gain=gain,
        ndcg_k=min(k, len(x)),
        bootstrap=bootstrap,
        notes=tuple(report_notes(metrics, len(x))),
    )


def _as_labels(labels: Labels | pd.Series, direction: Direction | None) -> Labels:
    if not isinstance(labels, Labels):
        finite = labels[np.isfinite(labels.to_numpy(dtype=np.float64, na_value=np.nan))].astype(np.float64)
        missing = tuple(map(str, labels.index.difference(finite.index)))
        return Labels(finite, str(labels.name or "label"), direction or "max", missing=missing)
    if direction not in (None, labels.direction):
        raise ProxyrankError(f"label {labels.name!r} has direction {labels.direction}, got {direction}")
    return labels


def _align(
    scores: pd.Series, labels: Labels, exclude: Collection[str]
) -> tuple[pd.DataFrame, dict[str, int], int]:
    for what, index in (("scores", scores.index), ("labels", labels.values.index)):
        if index.has_duplicates:
            raise ProxyrankError(f"{what} hold an architecture twice: {index[index.duplicated()][0]}")
    known = set(scores.index) | set(labels.values.index) | set(labels.missing)
    archs = sorted(known - set(exclude))
    table = pd.DataFrame(
        {
            "score": scores.reindex(archs).to_numpy(dtype=np.float64, na_value=np.nan),
            "label": labels.values.reindex(archs).to_numpy(dtype=np.float64),
        }
    )
    has_score, has_label = np.isfinite(table["score"]), np.isfinite(table["label"])
    dropped = {"no label": int((~has_label).sum()), "no score": int((has_label & ~has_score).sum())}
    return table[has_score & has_label], dropped, len(known) - len(archs)


def _intervals(
    x: NDArray[np.float64],
    oriented: NDArray[np.float64],
    gains: NDArray[np.float64],
    k: int,
    bootstrap: int,
    seed: int,
) -> dict[str, tuple[float, float]]:
    rng = derive_rng("bootstrap", seed)
    found: dict[str, list[float]] = {"KT": [], "SPR": [], "nDCG": []}
    for _ in range(bootstrap if len(x) >= 2 else 0):
        drawn = np.sort(rng.integers(len(x), size=len(x)))  # sorted, so that ties keep their order
        a, b = x[drawn], oriented[drawn]
        for name, metric in (
            ("KT", kendall_tau(a, b)),
            ("SPR", spearman(a, b)),
            ("nDCG", ndcg(a, gains[drawn], k)),
        ):
            if metric.value is not None:
                found[name].append(metric.value)
    tail = (1 - INTERVAL) / 2
    intervals = {}
    for name, values in found.items():
        if 2 * len(values) > bootstrap:  # few architectures may give constant, undefined resamples
            low, high = np.quantile(values, (tail, 1 - tail))
            intervals[name] = (float(low), float(high))
    return intervals

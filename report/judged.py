"""Parts of a ranker's report that need labels: metrics, ranks, errors, intervals."""

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.labels import SIGNS
from proxyrank.evaluate import Labels, Report, ceiling, noise_of_equals, noise_of_repeats
from proxyrank.report.charts import bars_plot
from proxyrank.report.page import Section, Table, Value
from proxyrank.report.points import ranks_plot
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import equal_keys

BANDS = 10


def metrics_section(report: Report, best: dict[str, float | None]) -> Section:
    """Every metric with its interval, on novel networks, and beside what the true values would reach."""
    novel = report.novel if report.novel and report.novel.n < report.n else None
    rows: list[list[Value]] = []
    for name, metric in report.metrics.items():
        low, high = report.intervals.get(name, (None, None))
        beside = [novel.metrics[name].value] if novel else []
        rows.append(
            [name, metric.value, low, high, *beside, best.get(name), metric.reason or metric.note or ""]
        )
    header = [
        "metric",
        "value",
        "95 % low",
        "high",
        *(["novel networks"] if novel else []),
        "ceiling",
        "remark",
    ]
    about = (
        f"Judged on {report.n:,} labelled architectures that it was not trained on"
        + (f"; novel: the {novel.n:,} of them that are no training network up to names" if novel else "")
        + ". Ceiling: what a ranking by the true values would reach against labels as noisy as these."
    )
    if not any(value is not None for value in best.values()):
        about = about.partition(" Ceiling")[0]
    if not any(row[-1] for row in rows):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return Section("Metrics", [Table(header, rows)], [about, *report.notes])


def ceiling_of(space: SearchSpace, labels: Labels, repeats: pd.DataFrame | None) -> dict[str, float | None]:
    """The ceiling by the noise of repeated trainings, else of equal networks; else nothing."""
    try:
        if repeats is not None and repeats.shape[1] > 1:
            noise = noise_of_repeats(repeats.dropna())
        else:
            noise = noise_of_equals(labels.values, equal_keys(space, labels.values.index))
        return ceiling(labels.values, noise, direction=labels.direction)
    except ProxyrankError:
        return {}


def ranks_section(ranked: pd.DataFrame, labels: Labels) -> Section:
    """Predicted against true rank, and how far it is off in each tenth of the true values."""
    frame = with_ranks(ranked, labels)
    names, errors = [], []
    order = np.argsort(-frame["true"].to_numpy(), kind="stable")
    tenths = np.array_split(order, BANDS) if len(frame) >= BANDS else []
    for places in tenths:
        rows = frame.iloc[places]
        low, high = rows["label"].min(), rows["label"].max()
        names.append(f"{low:.4g} to {high:.4g}")
        errors.append(float((rows["predicted"] - rows["true"]).abs().median()))
    parts = [ranks_plot(frame, "Hover names the architecture; the diagonal is perfect.")]
    if tenths:
        said = (
            f"Median distance of the predicted from the true rank, of {len(frame):,}, by tenth of the label."
        )
        parts.append(bars_plot(names, errors, "places off", said))
    return Section("Predicted against true rank", parts)


def with_ranks(ranked: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Columns ``arch, label, true, predicted``: ranks among the labelled ones, 1 the best, ties averaged."""
    own = ranked.set_index("arch")["score"].reindex(labels.values.index).dropna()
    truth = labels.values[own.index]
    return pd.DataFrame(
        {
            "arch": own.index,
            "label": truth.to_numpy(),
            "true": (SIGNS[labels.direction] * truth).rank(ascending=False).to_numpy(),
            "predicted": own.rank(ascending=False).to_numpy(),
        }
    )


def intervals_section(report: Report) -> Section:
    """How many labels the 90 % intervals caught in each tenth of the predictions."""
    if not report.coverage:
        return Section("Prediction intervals")
    names = ["lowest", *map(str, range(2, len(report.coverage))), "highest"]
    said = "Share of labels inside the 90 % interval, by tenth of the predictions; the line is 90 %."
    plot = bars_plot(names, report.coverage, "share of labels inside", said, line=0.9)
    return Section("Prediction intervals", [plot])

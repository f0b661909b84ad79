"""What a ranker goes by: contributions by group, by column, and of each of the best."""

from collections.abc import Sequence

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker
from proxyrank.models.explain import contributions, shap_importances
from proxyrank.report.charts import lying_bars_plot
from proxyrank.report.page import Section, Table

COLUMNS = 30
REASONS = 3
"""Contributions named for each of the best."""
PARTIAL = "Of an ensemble, its trees alone are explained, on the scale of their first target."


def importance_section(ranker: ProxyRanker, features: FeatureTable | None) -> Section:
    """Mean absolute contribution over the training architectures; empty for models that explain nothing."""
    title = "What it goes by"
    try:
        by_column, by_group = shap_importances(ranker, features=features)
    except ProxyrankError:
        return Section(title)
    top = by_column.head(COLUMNS)
    shares = 100 * by_group["share"]
    said = f"Mean absolute contribution to the score: the first {len(top)} of {len(by_column)} columns."
    parts = [
        lying_bars_plot(list(by_group["group"]), list(shares), "share [%]", "By group of features."),
        lying_bars_plot(list(top["feature"]), list(top["importance"]), "mean |contribution|", said),
    ]
    text = ["TreeSHAP: contributions of an architecture sum to its score."]
    if ranker.card.model in ("ensemble", "auto"):
        text.append(PARTIAL)
    return Section(title, parts, text)


def reasons(ranker: ProxyRanker, archs: Sequence[str], features: FeatureTable | None) -> "pd.Series[str]":
    """The largest contributions to each score, with their signs; blank for models that explain nothing."""
    try:
        shares = contributions(ranker, archs, features=features)
    except ProxyrankError:
        return pd.Series("", index=list(archs), dtype=object)
    texts = []
    for _, row in shares.iterrows():
        largest = row.abs().sort_values(ascending=False, kind="stable").index[:REASONS]
        texts.append(", ".join(f"{name} {row[name]:+.3f}" for name in largest if row[name]))
    return pd.Series(texts, index=list(archs), dtype=object)


def best_table(best: pd.DataFrame, why: "pd.Series[str]", labels: "pd.Series[float] | None") -> Table:
    """The best, with why, what is known of each, and its size."""
    frame = best.copy()
    if labels is not None:
        frame["label"] = labels.reindex(frame["arch"]).to_numpy()
    frame["why"] = why.reindex(frame["arch"]).to_numpy()
    wanted = ("rank", "arch", "predicted", "low", "high", "label", "flops", "params", "why")
    shown = [
        name for name in wanted if name in frame and not (frame[name].isna() | (frame[name] == "")).all()
    ]
    plain = frame[shown].astype(object).where(frame[shown].notna(), None)
    return Table(shown, plain.to_numpy().tolist())

"""What a ranker goes by, over its training architectures or for one: TreeSHAP, by feature and group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable
from proxyrank.models.catalogue import known_models
from proxyrank.models.parts.targets import FloatArray
from proxyrank.models.ranker import ProxyRanker


@dataclass(frozen=True)
class Explanation:
    """Why one architecture has its score.

    Attributes
    ----------
    arch
        Exact spelling.
    score, base
        Explained score and the value that every architecture starts from, on the scale of the trees.
    table
        One row per feature, largest contribution first: ``feature, group, value, percentile`` (share of the
        training architectures with a smaller value, ties half), ``contribution``. Contributions and base sum
        to the score.
    """

    arch: str
    score: float
    base: float
    table: pd.DataFrame


def shap_importances(
    ranker: ProxyRanker, *, features: FeatureTable | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean absolute contribution over the training architectures.

    Returns
    -------
    DataFrame
        ``feature, group, importance, share``, largest first.
    DataFrame
        ``group, importance, share``: contributions of a group's features are summed for each architecture
        before the absolute value is taken.

    Raises
    ------
    ProxyrankError
        If the model does not explain its scores.
    """
    shares = _contributions(ranker, list(ranker.train_archs), features)[:, :-1]
    groups = group_of(ranker)
    names = ranker.card.feature_names
    by_feature = pd.DataFrame(
        {"feature": names, "group": [groups[n] for n in names], "importance": np.abs(shares).mean(axis=0)}
    )
    sums = pd.DataFrame(shares, columns=[groups[name] for name in names]).T.groupby(level=0).sum().T
    by_group = sums.abs().mean().rename("importance").rename_axis("group").reset_index()
    return tuple(
        frame.assign(share=frame["importance"] / (frame["importance"].sum() or 1.0)).sort_values(
            "importance", ascending=False, kind="stable", ignore_index=True
        )
        for frame in (by_feature, by_group)
    )  # type: ignore[return-value]


def explain_arch(ranker: ProxyRanker, arch: str, *, features: FeatureTable | None = None) -> Explanation:
    """Contributions to the score of one architecture.

    Raises
    ------
    ProxyrankError
        If the model does not explain its scores, or as `ProxyRanker.matrix`.
    """
    row = ranker.matrix([arch], features=features)
    shares = _contributions(ranker, [arch], features)[0]
    trained = ranker.matrix(ranker.train_archs, features=features)
    groups = group_of(ranker)
    values = row.iloc[0]
    below, equal = (trained < values).mean(), (trained == values).mean()
    table = pd.DataFrame(
        {
            "feature": row.columns,
            "group": [groups[name] for name in row.columns],
            "value": values.to_numpy(),
            "percentile": 100.0 * (below + equal / 2.0).to_numpy(),
            "contribution": shares[:-1],
        }
    )
    table = table.iloc[np.argsort(-np.abs(shares[:-1]), kind="stable")].reset_index(drop=True)
    return Explanation(str(row.index[0]), float(shares.sum()), float(shares[-1]), table)


def contributions(
    ranker: ProxyRanker, archs: Sequence[str], *, features: FeatureTable | None = None
) -> pd.DataFrame:
    """Contributions to the scores of several architectures: a row each, a column a feature.

    Raises
    ------
    ProxyrankError
        If the model does not explain its scores.
    """
    shares = _contributions(ranker, list(archs), features)[:, :-1]
    return pd.DataFrame(shares, index=pd.Index(list(archs), name="arch"), columns=ranker.card.feature_names)


def group_of(ranker: ProxyRanker) -> dict[str, str]:
    """Group of each feature."""
    return {column: name for name, info in ranker.card.groups.items() for column in info.columns}


def _contributions(ranker: ProxyRanker, archs: list[str], features: FeatureTable | None) -> FloatArray:
    if not ranker.estimator.has_contributions:
        able = [name for name, info in known_models().items() if info.load_class().has_contributions]
        raise ProxyrankError(
            f"the model {ranker.card.model} does not explain its scores; train with {' or '.join(able)}"
        )
    return ranker.estimator.contributions(ranker.matrix(archs, features=features).to_numpy())

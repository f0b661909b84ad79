"""Training-free rankings that combine columns of a feature table.

Rank 1 is the worst, ties share their mean rank, missing values rank below all others; n counts rows.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from proxyrank.common.errors import TableError


def az_nas(frame: pd.DataFrame) -> "pd.Series[float]":
    """Sum of log(rank / n) over expressivity, progressivity, trainability and flops (AZ-NAS, CVPR 2024)."""
    return _log_ranks(frame, ("expressivity", "progressivity", "trainability", "flops"))


def te_nas(frame: pd.DataFrame) -> "pd.Series[float]":
    """Rank of ntk (which holds minus the condition number) plus rank of linear_region (TE-NAS, ICLR 2021)."""
    _require(frame, ("ntk", "linear_region"))
    return (_ranks(frame["ntk"]) + _ranks(frame["linear_region"])).rename("te_nas")


def vkdnw_single(frame: pd.DataFrame) -> "pd.Series[float]":
    """Dense rank of the pair (vkdnw_dim, vkdnw_entropy), dimension first (VKDNW, CVPR 2025, section 3.4).

    A network without an entropy (degenerate spectrum) comes last, whatever its dimension.
    """
    _require(frame, ("vkdnw_dim", "vkdnw_entropy"))
    pairs = frame[["vkdnw_dim", "vkdnw_entropy"]].astype("float64")
    pairs = pairs.mask(pairs.isna().any(axis=1), -np.inf)
    order = pd.Series(pairs.groupby(list(pairs.columns), sort=True).ngroup() + 1.0, index=frame.index)
    return order.rename("vkdnw_single")


def vkdnw_agg(frame: pd.DataFrame) -> "pd.Series[float]":
    """Sum of log(rank / n) over vkdnw_single, jacov, expressivity, trainability and flops (VKDNW, eq. 12)."""
    columns = ("jacov", "expressivity", "trainability", "flops")
    _require(frame, columns)
    return _log_ranks(frame.assign(vkdnw_single=vkdnw_single(frame)), ("vkdnw_single", *columns))


AGGREGATES: Mapping[str, Callable[[pd.DataFrame], "pd.Series[float]"]] = MappingProxyType(
    {"az_nas": az_nas, "te_nas": te_nas, "vkdnw_single": vkdnw_single, "vkdnw_agg": vkdnw_agg}
)
"""Aggregate of each name; larger is better."""


READ = (
    *("vkdnw_dim", "vkdnw_entropy", "flops", "expressivity", "progressivity", "trainability", "jacov"),
    *("ntk", "linear_region"),
)
"""Columns that the aggregates read."""


def _require(frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise TableError(f"the table lacks the columns {', '.join(absent)}")


def _ranks(values: "pd.Series[float]") -> "pd.Series[float]":
    """Average ranks from 1 (worst); missing values tie below all others."""
    filled = values.astype("float64").fillna(-np.inf)
    return pd.Series(rankdata(filled, method="average"), index=values.index)


def _log_ranks(frame: pd.DataFrame, columns: tuple[str, ...]) -> "pd.Series[float]":
    _require(frame, columns)
    ranks = pd.DataFrame({column: _ranks(frame[column]) for column in columns})
    total: pd.Series[float] = np.log(ranks / len(frame)).sum(axis=1)
    return total

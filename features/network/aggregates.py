"""Training-free rankings that combine columns of a feature table.

Rank 1 is the worst, ties share their mean rank, missing values rank below all others; n counts rows.

Of a network whose features are singular (``least_component`` 0, where the table has that column) expressivity
and progressivity count as missing, see `_singular_last`.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from proxyrank.common.errors import TableError


def az_nas(frame: pd.DataFrame) -> "pd.Series[float]":
    """Sum of log(rank / n) over expressivity, progressivity, trainability and flops (AZ-NAS, CVPR 2024)."""
    columns = ("expressivity", "progressivity", "trainability", "flops")
    _require(frame, columns)
    return log_rank_sum(_singular_last(frame), columns)


def te_nas(frame: pd.DataFrame) -> "pd.Series[float]":
    """Rank of ntk (which holds minus the condition number) plus rank of linear_region (TE-NAS, ICLR 2021)."""
    return rank_columns(frame, ("ntk", "linear_region")).sum(axis=1).rename("te_nas")


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
    known = _singular_last(frame).assign(vkdnw_single=vkdnw_single(frame))
    return log_rank_sum(known, ("vkdnw_single", *columns))


AGGREGATES: Mapping[str, Callable[[pd.DataFrame], "pd.Series[float]"]] = MappingProxyType(
    {"az_nas": az_nas, "te_nas": te_nas, "vkdnw_single": vkdnw_single, "vkdnw_agg": vkdnw_agg}
)
"""Aggregate of each name; larger is better."""


READ = (
    *("vkdnw_dim", "vkdnw_entropy", "flops", "expressivity", "progressivity", "trainability", "jacov"),
    *("ntk", "linear_region"),
)
"""Columns that the aggregates need; `least_component` is read as well where it is there."""


def rank_columns(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Ranks of columns from 1 (worst) to n (best), ties with their average rank.

    Parameters
    ----------
    frame
        One row per architecture, n rows.
    columns
        Columns to rank, in all of which higher is better.

    Returns
    -------
    DataFrame
        Same index, the named columns. Missing and infinite values tie below all others.

    Raises
    ------
    TableError
        If a column is absent.
    """
    _require(frame, columns)
    values = frame[list(columns)].to_numpy(dtype=np.float64, na_value=np.nan)
    ranks = rankdata(np.where(np.isfinite(values), values, -np.inf), method="average", axis=0)
    return pd.DataFrame(ranks, index=frame.index, columns=list(columns))


def log_rank_sum(frame: pd.DataFrame, columns: Sequence[str]) -> "pd.Series[float]":
    """Sum over columns of log(rank / n), the aggregate of AZ-NAS (eq. 9) and of VKDNW.

    Arguments and errors as for `rank_columns`; higher is better, 0 is best in every column.
    """
    logs = np.log(rank_columns(frame, columns).to_numpy() / len(frame))
    return pd.Series(logs.sum(axis=1), index=frame.index)


def _singular_last(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without the entropies of singular features (column ``least_component`` 0).

    In the published code of AZ-NAS an entropy is NaN, and its network last, where rounding makes the smallest
    eigenvalue of singular features negative. Where all rows are singular (a linear stem wider than its patch
    is, in every network) that says nothing, and the table stays as it is.
    """
    if "least_component" not in frame:
        return frame
    entropies = [name for name in ("expressivity", "progressivity") if name in frame]
    singular = frame["least_component"] == 0
    if singular.all():
        return frame
    return frame.assign(**{name: frame[name].mask(singular) for name in entropies})


def _require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise TableError(f"the table lacks the columns {', '.join(absent)}")

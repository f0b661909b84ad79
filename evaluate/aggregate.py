"""Scores without training: sizes of the network, and several columns joined by their ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from proxyrank.common.errors import TableError
from proxyrank.spaces import DataShape, SearchSpace, require


def size_scores(space: SearchSpace, archs: Sequence[str], dataset: str | DataShape) -> pd.DataFrame:
    """Sizes of the networks as built, in closed form: columns ``flops, params, dim``, index ``arch``."""
    sized = require(space, "sizes", "ranking by size")
    sizes = [asdict(sized.sizes(arch, dataset)) for arch in archs]
    index = pd.Index(list(archs), name="arch", dtype=object)
    return pd.DataFrame(sizes, index=index, columns=["flops", "params", "dim"], dtype=np.float64)


def rank_columns(frame: pd.DataFrame, directions: Mapping[str, Literal[1, -1]]) -> pd.DataFrame:
    """Ranks from 1 (worst) to n (best), ties and missing values with their average rank, missing ones worst.

    Parameters
    ----------
    frame
        One row an architecture.
    directions
        Columns to rank: 1 where higher is better, -1 where lower is.

    Returns
    -------
    DataFrame
        Same index, the named columns; n is the number of rows, missing values included.

    Raises
    ------
    TableError
        If a column is absent.
    """
    if absent := [name for name in directions if name not in frame.columns]:
        raise TableError(f"no column {', '.join(absent)}; columns: {', '.join(map(str, frame.columns))}")
    ranks = {}
    for name, sign in directions.items():
        values = sign * frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        ranks[name] = rankdata(np.where(np.isfinite(values), values, -np.inf), method="average")
    return pd.DataFrame(ranks, index=frame.index)


def log_rank_sum(frame: pd.DataFrame, directions: Mapping[str, Literal[1, -1]]) -> pd.Series:
    """Sum over columns of log(rank / n), the aggregate of AZ-NAS (CVPR 2024, eq. 9) and of VKDNW_agg.

    Arguments and errors as for `rank_columns`; higher is better, 0 is best in every column.
    """
    ranks = rank_columns(frame, directions)
    return pd.Series(np.log(ranks.to_numpy() / len(frame)).sum(axis=1), index=frame.index)


def rank_sum(frame: pd.DataFrame, directions: Mapping[str, Literal[1, -1]]) -> pd.Series:
    """Sum of ranks over columns, the aggregate of TE-NAS (ICLR 2021); higher is better.

    Arguments and errors as for `rank_columns`.
    """
    return rank_columns(frame, directions).sum(axis=1)

"""Rank aggregates by hand, sizes against the built network's published figures."""

import math

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import TableError
from proxyrank.evaluate import log_rank_sum, rank_columns, rank_sum, size_scores
from proxyrank.spaces import get_space

FRAME = pd.DataFrame(
    {"a": [3.0, 1.0, 2.0, 2.0, np.nan], "b": [0.1, np.inf, 0.3, 0.2, 0.5]}, index=["v", "w", "x", "y", "z"]
)


def test_ranks_worst_first_ties_averaged_missing_worst() -> None:
    ranks = rank_columns(FRAME, {"a": 1, "b": -1})
    assert ranks["a"].to_dict() == {"v": 5.0, "w": 2.0, "x": 3.5, "y": 3.5, "z": 1.0}
    assert ranks["b"].to_dict() == {"v": 5.0, "w": 1.0, "x": 3.0, "y": 4.0, "z": 2.0}


def test_missing_values_share_their_rank() -> None:
    ranks = rank_columns(pd.DataFrame({"a": [np.nan, 1.0, -np.inf]}), {"a": 1})
    assert ranks["a"].to_list() == [1.5, 3.0, 1.5]


def test_aggregates() -> None:
    directions = {"a": 1, "b": -1}
    expected = [math.log(a / 5) + math.log(b / 5) for a, b in ((5, 5), (2, 1), (3.5, 3), (3.5, 4), (1, 2))]
    got = log_rank_sum(FRAME, directions)
    assert list(got.index) == list(FRAME.index)
    np.testing.assert_allclose(got, expected, rtol=1e-14)
    assert rank_sum(FRAME, directions).to_list() == [10, 3, 6.5, 7.5, 3]
    with pytest.raises(TableError, match="no column c; columns: a, b"):
        rank_sum(FRAME, {"c": 1})


def test_size_scores() -> None:
    space = get_space("nb201")
    none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    conv = none.replace("none", "nor_conv_3x3")
    frame = size_scores(space, [conv, none], "cifar10")
    assert list(frame.columns) == ["flops", "params", "dim"]
    assert frame["params"].to_dict() == {conv: 1_531_546, none: 73_306}
    assert frame.index.name == "arch"
    assert size_scores(space, [], "cifar10").shape == (0, 3)

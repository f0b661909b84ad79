import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from proxyrank.common.errors import TableError
from proxyrank.features.network.aggregates import (
    AGGREGATES,
    az_nas,
    log_rank_sum,
    rank_columns,
    te_nas,
    vkdnw_agg,
    vkdnw_single,
)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    columns = ["expressivity", "progressivity", "trainability", "flops", "jacov", "vkdnw_entropy", "ntk"]
    table = pd.DataFrame(rng.standard_normal((30, 7)), columns=columns, index=[f"a{i}" for i in range(30)])
    table["vkdnw_dim"] = rng.integers(3, 7, 30).astype(float)
    table["linear_region"] = rng.integers(1, 4, 30).astype(float)
    return table


def test_az_nas(frame):
    expected = sum(
        np.log(rankdata(frame[c]) / 30) for c in ("expressivity", "progressivity", "trainability", "flops")
    )
    assert az_nas(frame).to_numpy() == pytest.approx(expected)
    assert list(az_nas(frame).index) == list(frame.index)


def test_te_nas_with_ties(frame):
    expected = rankdata(frame["ntk"]) + rankdata(frame["linear_region"])
    assert te_nas(frame).to_numpy() == pytest.approx(expected)


def test_vkdnw_single_is_lexicographic_and_dense():
    frame = pd.DataFrame(
        {"vkdnw_dim": [3.0, 5.0, 3.0, 5.0, 3.0, 9.0], "vkdnw_entropy": [0.9, 0.1, 0.2, 0.1, 0.9, np.nan]}
    )
    assert vkdnw_single(frame).tolist() == [3.0, 4.0, 2.0, 4.0, 3.0, 1.0]


def test_vkdnw_agg(frame):
    n = len(frame)
    pairs = sorted(set(zip(frame["vkdnw_dim"], frame["vkdnw_entropy"], strict=True)))
    dense = [pairs.index(p) + 1 for p in zip(frame["vkdnw_dim"], frame["vkdnw_entropy"], strict=True)]
    expected = np.log(rankdata(dense) / n) + sum(
        np.log(rankdata(frame[c]) / n) for c in ("jacov", "expressivity", "trainability", "flops")
    )
    assert vkdnw_agg(frame).to_numpy() == pytest.approx(expected)


def test_missing_values_rank_last(frame):
    gap = frame.copy()
    gap.loc["a3", "expressivity"] = np.nan
    low = frame.copy()
    low.loc["a3", "expressivity"] = -1e9
    pd.testing.assert_series_equal(az_nas(gap), az_nas(low))
    assert math.isfinite(az_nas(gap)["a3"])


def test_missing_columns_are_named(frame):
    for name, aggregate in AGGREGATES.items():
        with pytest.raises(TableError, match="lacks the columns"):
            aggregate(frame[["flops"]]) if name != "te_nas" else aggregate(frame[["ntk"]])


def test_ranks_by_hand():
    table = pd.DataFrame(
        {"a": [3.0, 1.0, 2.0, 2.0, np.nan], "b": [0.1, np.inf, 0.3, 0.2, -np.inf]}, index=list("vwxyz")
    )
    ranks = rank_columns(table, ["a", "b"])
    assert ranks["a"].to_dict() == {"v": 5.0, "w": 2.0, "x": 3.5, "y": 3.5, "z": 1.0}
    assert ranks["b"].to_dict() == {"v": 3.0, "w": 1.5, "x": 5.0, "y": 4.0, "z": 1.5}
    expected = [
        math.log(a / 5) + math.log(b / 5) for a, b in ((5, 3), (2, 1.5), (3.5, 5), (3.5, 4), (1, 1.5))
    ]
    assert log_rank_sum(table, ["a", "b"]).tolist() == pytest.approx(expected, rel=1e-14)
    with pytest.raises(TableError, match="lacks the columns c"):
        rank_columns(table, ["a", "c"])


def test_networks_with_singular_features_have_no_entropies(frame):
    singular = frame.assign(least_component=np.where(frame.index.isin(["a3", "a7"]), 0.0, 1e-4))
    gap = frame.copy()
    gap.loc[["a3", "a7"], ["expressivity", "progressivity"]] = np.nan
    for name, aggregate in AGGREGATES.items():
        pd.testing.assert_series_equal(aggregate(singular), aggregate(gap))
        assert name in ("te_nas", "vkdnw_single") or not aggregate(singular).equals(aggregate(frame))
    assert (
        singular.loc["a3", "expressivity"] == frame.loc["a3", "expressivity"]
    )  # the table is left as it was


def test_where_all_features_are_singular_nothing_is_told(frame):
    for aggregate in AGGREGATES.values():
        pd.testing.assert_series_equal(aggregate(frame.assign(least_component=0.0)), aggregate(frame))

"""The table is checked against pandas, scipy and rows made by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from proxyrank.common.errors import ProxyrankError
from proxyrank.train.compare import ComparePlan, Learnt, enough_labels, summarise
from proxyrank.train.compare.table import interval_of, reference_of

RowsOf = Callable[[dict[tuple[str, int], Any]], pd.DataFrame]
LEARNT = (Learnt("a", ("graf",)), Learnt("b", ("paths",)))


def test_means_spreads_and_paired_differences_are_those_of_scipy(rows_of: RowsOf) -> None:
    rng = np.random.default_rng(0)
    values = {(name, 8): list(rng.normal(size=5)) for name in ("a", "b", "flops")}
    table = summarise(rows_of(values), ComparePlan(LEARNT, sizes=(8,), reference="flops"))
    table = table.set_index("ranking")
    for name in ("a", "b"):
        x, y = np.array(values[name, 8]), np.array(values["flops", 8])
        assert table.loc[name, "KT_mean"] == pytest.approx(np.mean(x))
        assert table.loc[name, "KT_std"] == pytest.approx(pd.Series(x).std())
        test = stats.ttest_rel(x, y)
        assert table.loc[name, "difference"] == pytest.approx(np.mean(x - y))
        expected = test.confidence_interval(0.95)
        assert tuple(table.loc[name, ["low", "high"]]) == pytest.approx((expected.low, expected.high))
    assert table.loc["flops", ["difference", "low", "high"]].isna().all()
    assert (table["seeds"] == 5).all()


def test_seeds_without_a_value_leave_the_others_paired(rows_of: RowsOf) -> None:
    rows = rows_of({("a", 8): [0.5, None, 0.7], ("b", 8): [0.4, 0.1, 0.4]})
    table = summarise(rows, ComparePlan(LEARNT, sizes=(8,), reference="b")).set_index("ranking")
    assert table.loc["a", "seeds"] == 2
    assert table.loc["a", "difference"] == pytest.approx(0.2)


def test_one_seed_has_no_interval() -> None:
    mean, low, high = interval_of(np.array([0.3]))
    assert mean == 0.3
    assert np.isnan([low, high]).all()


def test_the_reference_is_the_best_at_the_largest_size(rows_of: RowsOf) -> None:
    rows = rows_of({("a", 8): [0.9], ("b", 8): [0.1], ("a", 16): [0.2], ("b", 16): [0.3]})
    assert reference_of(rows, ComparePlan(LEARNT, sizes=(8, 16))) == "b"
    assert reference_of(rows, ComparePlan(LEARNT, sizes=(8, 16), metric="regret@1")) == "a"  # less is better
    with pytest.raises(ProxyrankError, match="reference"):
        reference_of(rows, ComparePlan(LEARNT, sizes=(8, 16), reference="c"))


def test_how_many_labels_are_enough(rows_of: RowsOf) -> None:
    rows = rows_of(
        {
            ("a", 8): [0.50, 0.52], ("a", 16): [0.80, 0.82], ("a", 32): [0.803, 0.827],
            ("b", 8): [0.70, 0.72], ("b", 16): [0.60, 0.62], ("b", 32): [0.80, 0.82],
            **{("flops", size): [0.55, 0.57] for size in (8, 16, 32)},
        }
    )  # fmt: skip
    found = enough_labels(rows, ComparePlan(LEARNT, sizes=(8, 16, 32))).set_index("ranking")
    assert found.loc["a", "enough"] == 16
    assert found.loc["a", "gain"] == pytest.approx(0.005)
    assert found.loc["a", "above_sizes"] == 16
    assert pd.isna(found.loc["b", "enough"])  # a larger size gains, though the next one loses
    assert found.loc["b", "above_sizes"] == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sizes": (8, 8)}, "sizes must increase"),
        ({"sizes": ()}, "sizes must increase"),
        ({"seeds": (1, 1)}, "seeds must be different"),
        ({"metric": "kt"}, "metric"),
        ({"split": "half"}, "split"),
    ],
)
def test_plans_that_make_no_sense(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ProxyrankError, match=said):
        ComparePlan(LEARNT, **wrong)  # type: ignore[arg-type]

"""A table that fills up: which values are taken, and that a shard costs what the shard is long."""

import tracemalloc

import numpy as np
import pandas as pd

from proxyrank.features.rows import Rows, arch_index
from proxyrank.features.tables.known import Known


def rows(archs: str, **columns: list[float]) -> Rows:
    return Rows(pd.DataFrame(columns, index=arch_index(archs), dtype=np.float64))


def test_values_are_taken_once_and_others_are_left() -> None:
    known = Known("abc", ["x", "y"])
    known.add(rows("cz", x=[3, 9], other=[1, 1]))
    known.add(rows("bc", x=[2, 7], y=[np.nan, 5]))
    assert known.lacking().to_dict() == {"a": True, "b": False, "c": False}
    found = known.rows.values
    assert list(found.index) == ["a", "b", "c"]
    assert list(found.columns) == ["x", "y"]
    np.testing.assert_array_equal(found, [[np.nan, np.nan], [2, np.nan], [3, 5]])
    assert known.found.to_numpy().tolist() == [[False, False], [True, True], [True, True]]


def test_reasons_of_taken_gaps_stand_in_the_order_of_the_table() -> None:
    known = Known("abc", ["x"])
    known.add(Rows.gaps(["c", "a", "z"], ["x"], "too wide"))
    known.add(Rows.gaps(["a", "b"], ["x"], "another"))
    assert list(known.rows.reasons["x"].items()) == [("a", "too wide"), ("c", "too wide"), ("b", "another")]


def test_repeats_are_dropped() -> None:
    known = Known(["a", "b", "a"], ["x"])
    known.add(rows("ba", x=[2, 1]))
    assert known.rows.values["x"].to_dict() == {"a": 1, "b": 2}


def test_some_columns_of_it() -> None:
    known = Known("ab", ["x", "y"])
    known.add(Rows.gaps(["a"], ["x", "y"], "too wide"))
    part = known.select(["y"])
    assert list(part.found.columns) == ["y"]
    assert part.found["y"].tolist() == [True, False]
    assert part.rows.reasons == {"y": {"a": "too wide"}}


def test_without_columns_nothing_is_lacking() -> None:
    assert not Known("ab", []).lacking().any()


def test_a_shard_costs_what_it_is_long() -> None:
    def memory(n: int) -> int:
        known = Known([f"arch{i}" for i in range(n)], [f"c{i}" for i in range(50)])
        shard = Rows(pd.DataFrame(1.0, index=arch_index(["arch7", "arch3"]), columns=list(known.found)))
        known.add(shard)  # builds the index
        tracemalloc.start()
        known.add(shard)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    memory(10)
    assert memory(200_000) < 2 * memory(200)  # a pass over the table needs 200,000 bytes at the very least

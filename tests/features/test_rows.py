import numpy as np
import pandas as pd
import pytest

from proxyrank.features import Rows
from proxyrank.features.rows import STATUS, arch_index, count_reasons, ordered


@pytest.fixture
def rows() -> Rows:
    values = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [np.nan, 0.1 + 0.2, -0.0]}, index=arch_index("xyz"))
    return Rows(values, {"a": {"y": "no convs"}, "b": {"x": "singular"}})


def test_a_file_gives_the_same_bytes_and_reasons(rows, tmp_path):
    rows.write(tmp_path / "R.parquet")
    again = Rows.read(tmp_path / "R.parquet")
    assert again.values.to_numpy().tobytes() == rows.values.to_numpy().tobytes()
    pd.testing.assert_frame_equal(again.values, rows.values, check_exact=True)
    assert again.reasons == rows.reasons
    frame = rows.to_frame()
    assert list(frame) == ["arch", "a", "b", STATUS]
    assert frame[STATUS].tolist() == ['{"b": "singular"}', '{"a": "no convs"}', ""]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.assign(a=["1", "2", "3"]), "float64 columns"),
        (lambda f: pd.concat([f, f]), "one row per architecture"),
        (lambda f: f[["arch", STATUS, "a", "b"]], "as the last column"),
    ],
)
def test_other_frames_are_refused(rows, change, message):
    with pytest.raises(ValueError, match=message):
        Rows.of_frame(change(rows.to_frame()))


def test_columns_and_rows_take_their_reasons_along(rows):
    assert rows.columns(["b"]).reasons == {"b": {"x": "singular"}}
    some = rows.archs(["z", "y"])
    assert list(some.values.index) == ["z", "y"]
    assert some.reasons == {"a": {"y": "no convs"}}
    with pytest.raises(KeyError):
        rows.archs(["w"])


def test_copies_take_values_and_reasons_of_their_source(rows):
    copied = rows.copied({"p": "y", "q": "y", "z": "z"})
    assert copied.values["b"].tolist() == [0.1 + 0.2, 0.1 + 0.2, -0.0]
    assert copied.reasons == {"a": {"p": "no convs", "q": "no convs"}}


def test_below_and_beside(rows):
    below = Rows.concat([rows, Rows.gaps(["v"], ["a"], "late")])
    assert list(below.values.index) == ["x", "y", "z", "v"]
    assert below.reasons == {"a": {"y": "no convs", "v": "late"}, "b": {"x": "singular"}}
    assert below.values.loc["v"].isna().all()
    beside = Rows.join([rows, Rows(pd.DataFrame({"c": [1.0, 2.0, 3.0]}, index=arch_index("zyx")))])
    assert beside.values["c"].tolist() == [3.0, 2.0, 1.0]
    assert beside.reasons == rows.reasons
    assert Rows.concat([rows.archs([]), rows]).values["a"].dtype == np.float64


def test_every_gap_and_nothing_else_has_a_reason():
    values = pd.DataFrame({"a": [np.inf, np.nan], "b": [np.nan, 2.0]}, index=arch_index("xy"))
    done = Rows(values, {"b": {"x": "why", "y": "is there"}}).complete()
    assert done.reasons == {"a": {"x": "infinite", "y": "no value"}, "b": {"x": "why"}}
    assert done.values["a"].isna().all()
    assert np.isinf(values.loc["x", "a"])  # the caller's are left


def test_order_and_counts(rows):
    mixed = {"b": {"x": "2"}, "a": {"z": "1", "x": "1"}, "c": {}}
    found = ordered(mixed, rows.values)
    assert [(column, list(own)) for column, own in found.items()] == [("a", ["x", "z"]), ("b", ["x"])]
    assert count_reasons(found) == {"a": {"1": 2}, "b": {"2": 1}}

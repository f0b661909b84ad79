import pandas as pd
import pytest

from proxyrank.common.errors import TableError
from proxyrank.features import FamilyInfo, FeatureSettings, FeatureTable, GroupInfo, Sidecar, join_tables


def _table(group, columns, archs, *, space="nb201", status=None, **settings):
    index = pd.Index(archs, name="arch", dtype="str")
    frame = pd.DataFrame({c: [float(len(c) + i) for i in range(len(archs))] for c in columns}, index=index)
    family = FamilyInfo(columns=columns, version=1, settings=FeatureSettings(**settings))
    info = GroupInfo(families=[family])
    return FeatureTable(frame, Sidecar(space=space, groups={group: info}, status=status or {}))


def test_joins_by_architecture():
    left = _table("zcs", ["a", "bb"], ["x", "y"], status={"a": {"x": "bad"}}, seed=1)
    right = _table("user", ["ccc"], ["y", "z", "x"], seed=1, batch_size=4)
    joined = join_tables([left, right])
    assert joined.columns == ["a", "bb", "ccc"]
    assert list(joined.frame.index) == ["x", "y", "z"]
    assert joined.frame.loc["x"].tolist() == [1.0, 2.0, 5.0]
    assert joined.frame.loc["z"].isna().tolist() == [True, True, False]
    assert joined.sidecar.status == {"a": {"x": "bad"}}
    assert joined.reason("z", "bb") == "no value given"
    assert list(joined.sidecar.groups) == ["zcs", "user"]
    assert joined.sidecar.forced == []


def test_two_tables_of_a_user_keep_apart():
    joined = join_tables([_table("user", ["a"], ["x"]), _table("user", ["b"], ["x"])])
    assert {name: info.columns for name, info in joined.sidecar.groups.items()} == {
        "user": ["a"],
        "user-2": ["b"],
    }


def test_different_settings_are_refused_or_recorded():
    small, large = _table("zcs", ["a"], ["x"], batch_size=16), _table("vkdnw", ["b"], ["x"], batch_size=64)
    text = r"setting 'batch_size' differs: 16 \(group zcs\), 64 \(group vkdnw\)"
    with pytest.raises(TableError, match=text):
        join_tables([small, large])
    forced = join_tables([small, large], force=True)
    assert len(forced.sidecar.forced) == 1
    assert forced.frame.shape == (1, 2)


def test_columns_of_one_table_may_differ_by_design():
    mixed = _table("zcs", ["a"], ["x"], batch_size=16)
    mixed.sidecar.groups["zcs"].families += (
        _table("zcs", ["b"], ["x"], batch_size=64).sidecar.groups["zcs"].families
    )
    mixed.frame["b"] = 1.0
    joined = join_tables([mixed, _table("vkdnw", ["c"], ["x"], batch_size=64)])
    assert joined.columns == ["a", "b", "c"]
    assert joined.sidecar.forced == []
    with pytest.raises(TableError, match=r"'batch_size' differs: 16 \(group zcs\), 8 \(group vkdnw\)"):
        join_tables([mixed, _table("vkdnw", ["c"], ["x"], batch_size=8)])


def test_the_same_column_twice():
    one, two = _table("zcs", ["synflow"], ["x"]), _table("user", ["synflow"], ["x"])
    for force in (False, True):
        with pytest.raises(TableError, match="column 'synflow' occurs twice: in groups zcs and user"):
            join_tables([one, two], force=force)


def test_other_spaces():
    with pytest.raises(TableError, match="different search spaces cannot be joined: nb201, mbv2"):
        join_tables([_table("zcs", ["a"], ["x"]), _table("zcs", ["b"], ["x"], space="mbv2")])


def test_nothing_to_join():
    with pytest.raises(TableError, match="no feature tables"):
        join_tables([])

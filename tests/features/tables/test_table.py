import json

import pandas as pd
import pytest

from proxyrank.common.errors import TableError
from proxyrank.features import (
    FamilyInfo,
    FeatureSettings,
    FeatureTable,
    GroupInfo,
    Sidecar,
    compute_features,
)
from proxyrank.features.tables.sidecar_file import read_sidecar, sidecar_path


@pytest.fixture
def table(space):
    found = compute_features(space, space.sample(8, seed=0), "graf,paths", cache=False)
    found.frame.iloc[2, 5] = float("nan")
    found.sidecar.status[found.columns[5]] = {found.frame.index[2]: "degenerate"}
    return found


@pytest.mark.parametrize("name", ["T.parquet", "T.csv"])
def test_round_trip_is_exact(table, tmp_path, name):
    table.write(tmp_path / name)
    again = FeatureTable.read(tmp_path / name)
    pd.testing.assert_frame_equal(again.frame, table.frame, check_exact=True)
    assert again.sidecar == table.sidecar
    assert again.reason(table.frame.index[2], table.columns[5]) == "degenerate"
    first = (tmp_path / name).read_bytes(), sidecar_path(tmp_path / name).read_bytes()
    again.write(tmp_path / name)
    assert ((tmp_path / name).read_bytes(), sidecar_path(tmp_path / name).read_bytes()) == first
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, sidecar_path(name).name])


def test_sidecar_states_everything(table, tmp_path):
    table.write(tmp_path / "T.parquet")
    raw = json.loads((tmp_path / "T.json").read_text())
    assert list(raw) == ["format", "proxyrank", "space", "groups", "status", "forced"]
    assert raw["space"] == "nb201"
    (graf,), (paths,) = (raw["groups"][name]["families"] for name in ("graf", "paths"))
    assert graf["settings"] == {"graf_no_path": "published"}
    assert len(graf["columns"]) == 191
    assert {key: paths[key] for key in ("version", "settings", "facts", "shared")} == {
        "version": 1,
        "settings": {},
        "facts": {},
        "shared": False,
    }


def test_format_1_is_read_into_the_same_model(tmp_path):
    old = {
        "version": 3,
        "columns": ["a"],
        "settings": {"seed": 1, "init": "kaiming", "share": True},
        "source": "computed",
    }
    raw = {"format": "proxyrank-features/1", "proxyrank": "0.1.0", "space": "nb201", "groups": {"g": old}}
    (tmp_path / "T.json").write_text(json.dumps(raw))
    found = read_sidecar(tmp_path / "T.json").groups["g"]
    family = FamilyInfo(
        columns=["a"], version=3, settings=FeatureSettings(seed=1), facts={"init": "kaiming"}, shared=True
    )
    assert found == GroupInfo(families=[family])
    assert found.families[0].settings.stated() == {"seed": 1}
    (tmp_path / "T.json").write_text(json.dumps(raw | {"groups": {"g": old | {"settings": {"sed": 1}}}}))
    with pytest.raises(TableError, match=r"T\.json: not the sidecar .*settings: .*unknown setting 'sed'"):
        read_sidecar(tmp_path / "T.json")


def test_what_was_made_otherwise():
    def info(version=1, shared=False, **settings):
        return FamilyInfo(columns=["a"], version=version, shared=shared, settings=FeatureSettings(**settings))

    assert info().difference(info()) is None
    assert info(seed=0).difference(info()) is None  # stated or not, it is the default
    assert info(seed=1).difference(info(batch_size=8)) == ("batch_size", 64, 8)
    assert info(seed=1).difference(info(batch_size=8), ["seed"]) == ("seed", 1, 0)
    assert info(batch_size=8).difference(info(), ["seed"]) is None
    assert info(version=2, seed=1).difference(info()) == ("version", 2, 1)
    assert info().difference(info(shared=True)) == ("share", False, True)


def test_missing_parts_are_named(table, tmp_path):
    path = tmp_path / "T.parquet"
    with pytest.raises(TableError, match=r"T\.parquet: no such file"):
        FeatureTable.read(path)
    table.write(path)
    raw = json.loads((tmp_path / "T.json").read_text())
    (tmp_path / "T.json").write_text(json.dumps(raw | {"space": 3}))
    with pytest.raises(TableError, match=r"T\.json: not the sidecar of a feature table \(space: "):
        FeatureTable.read(path)
    (tmp_path / "T.json").write_text("{}")
    with pytest.raises(
        TableError, match="expected the format proxyrank-features/1 or proxyrank-features/2, found None"
    ):
        FeatureTable.read(path)
    (tmp_path / "T.json").unlink()
    with pytest.raises(TableError, match=r"T\.json: no such file; it states the settings"):
        FeatureTable.read(path)


def test_a_sidecar_of_another_table_is_refused(table, tmp_path, space):
    table.write(tmp_path / "T.parquet")
    compute_features(space, list(table.frame.index), "paths", cache=False).write(tmp_path / "U.parquet")
    (tmp_path / "T.json").write_bytes((tmp_path / "U.json").read_bytes())
    with pytest.raises(TableError, match=r"its columns are not those of .*T\.json: max_op_on_path"):
        FeatureTable.read(tmp_path / "T.parquet")


def test_repeated_rows_are_refused(tmp_path):
    frame = pd.DataFrame({"f": [1.0, 2.0]}, index=pd.Index(["a", "a"], name="arch"))
    info = GroupInfo.of(["f"], source="mine.csv")
    FeatureTable(frame, Sidecar(space="nb201", groups={"user": info})).write(tmp_path / "T.parquet")
    with pytest.raises(TableError, match="a occurs more than once"):
        FeatureTable.read(tmp_path / "T.parquet")


def test_killed_while_writing_leaves_the_old_table(table, tmp_path, monkeypatch):
    path = tmp_path / "T.parquet"
    table.write(path)
    before = path.read_bytes(), (tmp_path / "T.json").read_bytes()
    monkeypatch.setattr(pd.DataFrame, "to_parquet", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    table.sidecar.forced.append("changed")
    with pytest.raises(KeyboardInterrupt):
        table.write(path)
    assert (path.read_bytes(), (tmp_path / "T.json").read_bytes()) == before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("text", ['{"my": "experiment config"}', "no json", "[1]"])
def test_x14_a_strangers_file_is_never_replaced(table, tmp_path, text):
    (tmp_path / "run1.json").write_text(text)
    with pytest.raises(TableError, match=r"run1\.json, where another file is"):
        table.write(tmp_path / "run1.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["run1.json"]
    assert (tmp_path / "run1.json").read_text() == text

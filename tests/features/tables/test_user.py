import csv

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ArchitectureError, TableError
from proxyrank.features import compute_features, load_table, read_user_table
from proxyrank.features.tables.user import failed_values


@pytest.fixture
def write(tmp_path, space):
    """Write a CSV of some cells and the given columns of texts; gives its path and the cells."""

    def make(columns, archs=None, name="mine.csv"):
        rows = len(next(iter(columns.values())))
        archs = archs or space.sample(rows, seed=0)
        with (tmp_path / name).open("w", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["arch", *columns])
            writer.writerows(zip(archs, *columns.values(), strict=True))
        return tmp_path / name, archs

    return make


def test_any_column_names(write, space):
    names = ["min_path_len_(skip_connect,nor_conv_3x3)", "a b", "a_b", "f[1]", 'x"{:}']
    path, archs = write({name: [str(i), "2.5"] for i, name in enumerate(names)})
    table = read_user_table(path, space)
    assert table.columns == names
    assert list(table.frame.index) == archs
    assert table.frame.iloc[1].eq(2.5).all()
    info = table.sidecar.groups["user"]
    assert (info.columns, info.source, info.families[0].version) == (names, "mine.csv", 0)


def test_infinities_and_sentinels_are_missing_with_a_status(write, space):
    path, archs = write({"naswot": ["-inf", "1e400", "", "1"], "jacov": ["-100000000", "-1e8", "nan", "2"]})
    table = read_user_table(path, space)
    assert table.frame.isna().sum().tolist() == [3, 3]
    assert table.reason(archs[1], "naswot") == "infinite"
    assert table.missing_counts() == {
        "naswot": {"infinite": 2, "no value given": 1},
        "jacov": {"sentinel -1e+08": 2, "no value given": 1},
    }
    declared = read_user_table(path, space, sentinels=[1.0])
    assert declared.reason(archs[3], "naswot") == "sentinel 1"
    assert declared.frame["jacov"].eq(-1e8).sum() == 2


def test_parquet_and_tuples(tmp_path, space):
    frame = pd.DataFrame(
        {"arch": ["(4, 0, 3, 1, 4, 3)", str(space.archs()[0])], "n": [1, 2], "ok": [True, False]}
    )
    frame.to_parquet(tmp_path / "mine.parquet")
    table = read_user_table(tmp_path / "mine.parquet", space)
    assert table.frame.index[0] == space.parse("(4, 0, 3, 1, 4, 3)")
    assert table.frame.to_numpy().tolist() == [[1.0, 1.0], [2.0, 0.0]]
    assert table.frame.to_numpy().dtype == np.float64


def test_text_is_refused_with_its_row(write, space):
    path, _ = write({"f": ["1", "93,1"]})
    with pytest.raises(TableError, match=r"mine\.csv, line 3: column 'f' must hold numbers .* '93,1'"):
        read_user_table(path, space)


def test_repeated_header(tmp_path, space):
    (tmp_path / "mine.csv").write_text(f"arch,synflow,synflow\n{space.archs()[0]},1,2\n")
    with pytest.raises(TableError, match="'synflow' occurs more than once"):
        read_user_table(tmp_path / "mine.csv", space)


@pytest.mark.parametrize("name", ["op", "op_3", "op5", "Edge 2", "op_code_1"])
@pytest.mark.parametrize("code", ["-1", "5", "1.5"])
def test_operation_codes_are_checked(write, space, name, code):
    path, _ = write({name: ["4", "0", code]})
    with pytest.raises(
        TableError, match=rf"line 4: column '{name}' holds operation codes 0 to 4, found {code}"
    ):
        read_user_table(path, space)


def test_other_columns_may_be_negative(write, space):
    path, _ = write({"op_count": ["-1"], "option": ["-1"]})
    assert read_user_table(path, space).frame.eq(-1).all(axis=None)


def test_repeated_architectures(write, space):
    arch, other = space.sample(2, seed=0)
    path, _ = write({"f": ["1", "2", "1"]}, [arch, other, f" {arch} "])
    assert read_user_table(path, space).frame["f"].tolist() == [1.0, 2.0]
    path, _ = write({"f": ["1", "2", "3"]}, [arch, other, arch])
    with pytest.raises(TableError, match=r"line 4: .* has other values than before \(.*line 2\)"):
        read_user_table(path, space)


def test_bad_architecture_and_no_columns(write, tmp_path, space):
    path, _ = write({"f": ["1", "2"]}, [space.archs()[0], "64:32:16:8:64"])
    with pytest.raises(ArchitectureError, match=r"mine\.csv, line 3: .*not a topology cell"):
        read_user_table(path, space)
    (tmp_path / "bare.csv").write_text(f"arch\n{space.archs()[0]}\n")
    with pytest.raises(TableError, match="no feature columns"):
        read_user_table(tmp_path / "bare.csv", space)
    with pytest.raises(TableError, match=r"no such file.*--features"):
        read_user_table(tmp_path / "absent.csv", space, option="--features")


def test_load_tells_our_tables_from_others(write, tmp_path, space):
    table = compute_features(space, space.sample(3, seed=0), "paths", cache=False)
    table.write(tmp_path / "T.parquet")
    assert load_table(tmp_path / "T.parquet", space).sidecar == table.sidecar
    path, _ = write({"f": ["1", "2"]})
    assert list(load_table(path, space).sidecar.groups) == ["user"]
    table.sidecar.space = "mbv2"
    table.write(tmp_path / "T.parquet")
    with pytest.raises(TableError, match="features of the search space mbv2, expected nb201"):
        load_table(tmp_path / "T.parquet", space)


@pytest.mark.parametrize("name", ["e01", "op_1", "op_01", "edge_code_3", "whatever"])
def test_t16_operation_codes_are_recognised_whatever_the_column_is_called(write, space, name):
    path, _ = write({name: [str(i % 5) if i != 7 else "-1" for i in range(12)], "x": ["0.5"] * 12})
    with pytest.raises(TableError, match=rf"line 9: column '{name}' holds operation codes 0 to 4, found -1"):
        read_user_table(path, space)
    path, _ = write({"whatever": [str(i % 3 - 1) for i in range(12)]})
    assert len(read_user_table(path, space).frame) == 12


def test_d8_failed_values_are_counted_in_one_line(write, space):
    path, _ = write(
        {"jacov": ["-1e8", "1", "2", "-999"], "x": ["inf", "inf", "1", "2"], "y": ["1", "2", "", "4"]}
    )
    table = load_table(path, space, sentinels=[-999.0])
    assert failed_values(table) == (
        "values that count as missing: jacov 1 (sentinel -1e+08), jacov 1 (sentinel -999), x 2 (infinite)"
    )
    path, _ = write({"y": ["1", "2", "", "4"]})
    assert failed_values(load_table(path, space)) is None

"""Tables: what spreadsheets, broken downloads and strict JSON do to them."""

import gzip
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import ArrowException

from proxyrank.common import _csv
from proxyrank.common.arch_files import arch_texts, read_archs
from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.common.numeric import numeric_column, parse_number
from proxyrank.common.tabular import json_safe, read_table, row_place, write_table


def _file(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_d1_missing_file_names_path_and_option(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no_such\.csv: no such file \(from --scores\)$"):
        read_table(tmp_path / "no_such.csv", "--scores")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path / "d.csv")


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_d5_byte_order_mark_and_line_ends(tmp_path: Path, mark: bytes, line: str, end: str) -> None:
    frame = read_table(
        _file(tmp_path, mark + line.join(["arch,acc", "|a~0|,93.1", "|b~0|,"]).encode() + end.encode())
    )
    assert frame.to_dict("list") == {"arch": ["|a~0|", "|b~0|"], "acc": ["93.1", ""]}
    assert row_place(frame, 1, "F") == "F, line 3"


def test_d9_truncated_line(tmp_path: Path) -> None:
    header = ",".join("abcdefghi")
    path = _file(tmp_path, f"{header}\n{header}\n1,2,3,4")
    with pytest.raises(TableError, match=r"t\.csv, line 3: expected 9 fields, found 4"):
        read_table(path)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "t.csv", r"empty \(0 bytes\)"),
        (b"", "t.parquet", r"empty \(0 bytes\)"),
        (b"\n\n", "t.csv", "no header"),
        (b"arch,acc\n", "t.csv", "no rows"),
        (b"arch,acc\nx,\xff\n", "t.csv", "line 2: not UTF-8"),
        (b'arch,acc\nx,1\n"y,2\n', "t.csv", "line 3: not a valid CSV line"),
        (b"PAR1 nonsense", "t.parquet", "not a parquet file"),
        (gzip.compress(b"arch,acc\nx,1\n", mtime=0)[:-6], "t.csv.gz", "truncated"),
        (b"arch,acc\nx,1\n", "t.csv.gz", "not a gzip file"),
        (b"arch", "t.xlsx", r"\*\.csv, \*\.csv\.gz, \*\.parquet"),
    ],
)
def test_d9_damaged_files(tmp_path: Path, content: bytes, name: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_table(_file(tmp_path, content, name))


def test_t8_repeated_header_and_odd_names(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="'synflow' occurs more than once"):
        read_table(_file(tmp_path, "arch,synflow,synflow\nx,1,2\n"))
    frame = read_table(_file(tmp_path, 'arch,"min_(a,b)",a b,a_b\nx,1,2,3\n'))
    assert list(frame.columns) == ["arch", "min_(a,b)", "a b", "a_b"]


def test_places_after_blank_lines_and_line_ends_in_cells(tmp_path: Path) -> None:
    frame = read_table(_file(tmp_path, 'arch,acc\nx,1\n\n"y\nz",2\nw,no\n'))
    assert [row_place(frame, i, "F") for i in range(3)] == ["F, line 2", "F, line 4", "F, line 6"]
    with pytest.raises(
        TableError, match=r"F, line 6: column 'acc' must hold numbers such as 93.1, found 'no'"
    ):
        numeric_column(frame, "acc", "F")


def test_numbers(tmp_path: Path) -> None:
    cells = [" 1.5 ", "", "NA", "nan", "None", "inf", "-inf", "1e400", "-1e-3"]
    frame = read_table(_file(tmp_path, "arch,v\n" + "".join(f"x,{cell}\n" for cell in cells)))
    values = numeric_column(frame, "v", "F")
    expected = [1.5, *[np.nan] * 4, np.inf, -np.inf, np.inf, -1e-3]
    np.testing.assert_array_equal(values, expected)
    with pytest.raises(TableError, match="no column 'w'; columns: arch, v"):
        numeric_column(frame, "w", "F")


@pytest.mark.parametrize("cell", ["93,1", "93.1%", "1_000", "abc"])
def test_t4_text_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    frame = read_table(_file(tmp_path, f'arch,v\nx,1\ny,"{cell}"\n'))
    with pytest.raises(TableError, match=f"F, line 3: .*found '{cell}'"):
        numeric_column(frame, "v", "F")
    assert parse_number(cell) is None


def test_parquet_types_indices_and_places(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({"acc": pd.array([1, None], dtype="Int64")}, index=pd.Index(["x", "y"], name="arch"))
    frame.to_parquet(path)
    back = read_table(path)
    assert list(back.columns) == ["arch", "acc"]
    np.testing.assert_array_equal(numeric_column(back, "acc", path), [1.0, np.nan])
    assert row_place(back, 1, "F") == "F, row 2"


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_write_and_read_back(tmp_path: Path, suffix: str) -> None:
    values = np.array([0.1 + 0.2, np.nan, -np.inf, 1e-300])
    frame = pd.DataFrame({"arch": ["a,b", 'c"d', "é", "x"], "v": values, "n": [1, 2, 3, 4]})
    path, again = tmp_path / f"t{suffix}", tmp_path / f"again{suffix}"
    write_table(frame, path)
    back = read_table(path)
    assert list(back["arch"]) == list(frame["arch"])
    np.testing.assert_array_equal(numeric_column(back, "v", path), values)
    back.attrs["lines"] = True
    write_table(frame, again)
    assert path.read_bytes() == again.read_bytes()


def test_d5_csv_output_has_no_mark(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"arch": ["x"], "v": [np.nan]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"arch,v\nx,\n"


def test_n1_json_is_strict(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"arch": ["x", "y", "z"], "v": [1.5, np.nan, -np.inf], "n": [1, 2, 3], "b": [True, False, True]}
    )
    write_table(frame, tmp_path / "t.json")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    records = json.loads((tmp_path / "t.json").read_text(), parse_constant=refuse)
    assert records[0] == {"arch": "x", "v": 1.5, "n": 1, "b": True}
    assert [record["v"] for record in records] == [1.5, None, None]


def test_json_safe() -> None:
    value = {
        "a": np.float64("nan"),
        1: (np.int64(2), np.array([1.0, np.inf])),
        "p": Path("x"),
        "m": pd.NA,
        "b": np.True_,
    }
    assert json_safe(value) == {"a": None, "1": [2, [1.0, None]], "p": "x", "m": None, "b": True}


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = _file(tmp_path, "old", "t.parquet")
    with pytest.raises(ArrowException, match="column x"):
        write_table(pd.DataFrame({"x": [1, "a"]}), path)
    assert path.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["t.parquet"]
    with pytest.raises(TableError, match=r"expected a file named \*\.csv"):
        write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.txt")
    with pytest.raises(ProxyrankError, match="does not exist"):
        write_table(pd.DataFrame({"x": [1]}), tmp_path / "no" / "t.csv")


def test_read_archs_from_text(tmp_path: Path) -> None:
    path = _file(tmp_path, b"\xef\xbb\xbf# cells\r\n\r\n|a~0|\r\n  (4, 0, 3, 1, 4, 3)", "F.txt")
    assert read_archs(path) == [("|a~0|", f"{path}, line 3"), ("(4, 0, 3, 1, 4, 3)", f"{path}, line 4")]
    with pytest.raises(TableError, match="no architectures"):
        read_archs(_file(tmp_path, "# nothing\n", "F.txt"))
    with pytest.raises(TableError, match=r"none\.txt: no such file \(from --archs\)"):
        read_archs(tmp_path / "none.txt")


def test_read_archs_from_tables(tmp_path: Path) -> None:
    path = _file(tmp_path, 'x,arch\n1,|a~0|\n2,"(4, 0)"\n')
    assert read_archs(path) == [("|a~0|", f"{path}, line 2"), ("(4, 0)", f"{path}, line 3")]
    with pytest.raises(TableError, match="no column 'arch'; columns: cell, acc"):
        read_archs(_file(tmp_path, "cell,acc\nx,1\n"))
    parquet = tmp_path / "t.parquet"
    pd.DataFrame({"arch": [[4, 0], [1, 2]]}).to_parquet(parquet)
    assert read_archs(parquet) == [("(4, 0)", f"{parquet}, row 1"), ("(1, 2)", f"{parquet}, row 2")]
    assert arch_texts(pd.DataFrame({"arch": ["x", (1, 2), None]}), "F") == ["x", "(1, 2)", "None"]


def test_columns_that_name_an_architecture_together(tmp_path: Path) -> None:
    path = _file(tmp_path, "matrix,ops\n01,\n0110/0001/0001,02\n")
    assert [text for text, _ in read_archs(path, columns=("matrix", "ops"))] == ["01:", "0110/0001/0001:02"]
    frame = read_table(path).assign(arch="x")
    assert arch_texts(frame, path, ("matrix", "ops")) == ["x", "x"]


def test_x24_a_wide_csv_takes_little_more_than_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells are Python objects (some sixty bytes each) by handfuls only."""
    monkeypatch.setattr(_csv, "CHUNK_CELLS", 1 << 13)
    values = np.random.default_rng(0).normal(size=(1000, 200))
    path = tmp_path / "wide.csv"
    pd.DataFrame(values, columns=[f"c{i}" for i in range(200)]).to_csv(path, index=False)
    tracemalloc.start()
    frame = read_table(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size  # some 8 times more where all cells are objects at once
    assert {str(dtype) for dtype in frame.dtypes} == {"str"}
    found = np.column_stack([numeric_column(frame, name, path) for name in frame])
    np.testing.assert_array_equal(found, values)
    assert row_place(frame, 999, "F") == "F, line 1001"


@pytest.mark.parametrize(
    "cells",
    [
        ["1", " 2.5 ", "+3", "-4e-3", ".5", "1e400", "-inf", "Infinity", "5."],
        ["", " ", "NA", "n/a", "<NA>", "NaN", "null", "None", "7"],
        ["0.1", "2.675", "1e23", "123456789.123456789", "4.9e-324"],
    ],
)
def test_numbers_read_by_arrow_are_those_of_python(tmp_path: Path, cells: list[str]) -> None:
    frame = read_table(_file(tmp_path, "arch,x\n" + "".join(f"a,{cell}\n" for cell in cells)))
    expected = [parse_number(cell) for cell in cells]
    np.testing.assert_array_equal(numeric_column(frame, "x", "F"), np.array(expected, dtype=float))


@pytest.mark.parametrize("cell", ["1_000", "0x10", "nan(1)", "1,5", "1.5.2", "--1", "true", "1e", "12abc"])
def test_what_is_no_number_is_refused_by_line(tmp_path: Path, cell: str) -> None:
    frame = read_table(_file(tmp_path, f'arch,x\na,1\nb,"{cell}"\n'))
    with pytest.raises(TableError, match=r"line 3: column 'x' must hold numbers"):
        numeric_column(frame, "x", "t.csv")


def test_x25_blanks_around_names_are_dropped(tmp_path: Path) -> None:
    frame = read_table(_file(tmp_path, 'arch , "cifar10 ",x\n"(1, 2)", 93.1 , 3\n'))
    assert list(frame.columns) == ["arch", "cifar10", "x"]
    assert arch_texts(frame, "t.csv") == ["(1, 2)"]
    assert numeric_column(frame, "cifar10", "t.csv").tolist() == [93.1]
    pd.DataFrame({" arch": ["a"], "x ": [1]}).to_parquet(tmp_path / "t.parquet")
    assert list(read_table(tmp_path / "t.parquet").columns) == ["arch", "x"]
    with pytest.raises(TableError, match="'x' occurs more than once"):
        read_table(_file(tmp_path, "arch,x, x\na,1,2\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("arch;cifar10\na;93,1\n", "separated by semicolons"),
        ("arch\tcifar10\na\t93.1\n", "separated by tabs"),
        ("arch|cifar10\na|93.1\n", "separated by bars"),
        ("# made by x\narch,cifar10\na,93.1\n", "begins with a comment"),
        ("sep=,\narch,cifar10\na,93.1\n", "begins with a comment"),
    ],
)
def test_x25_another_dialect_is_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_table(_file(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (",arch,x\n0,a,5\n1,b,6\n", ["arch", "x"]),  # as DataFrame.to_csv writes its index
        ("Unnamed: 0,arch,x\n0,a,5\n1,b,6\n", ["arch", "x"]),  # read and written again
        ("arch,x,\na,5,\nb,6,\n", ["arch", "x"]),  # commas at the ends of lines
        (",arch,x\n7,a,5\n3,b,6\n", ["", "arch", "x"]),
    ],
)
def test_x25_columns_without_name_that_say_nothing_are_left_out(
    tmp_path: Path, content: str, columns: list[str]
) -> None:
    frame = read_table(_file(tmp_path, content))
    assert list(frame.columns) == columns
    assert row_place(frame, 1, "t.csv") == "t.csv, line 3"
    pd.read_csv(tmp_path / "t.csv").to_parquet(tmp_path / "t.parquet")
    assert set(columns) - {""} <= set(read_table(tmp_path / "t.parquet").columns)


def test_x25_arch_in_other_letters_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no column 'arch'; columns: Arch, x; 'Arch' is spelt otherwise$"):
        arch_texts(read_table(_file(tmp_path, "Arch,x\na,1\n")), "t.csv")

from pathlib import Path

from proxyrank.report.frames import read_numbers, stated_table, table_of


def test_numbers_are_numbers_and_empty_columns_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,value,mixed,none,flag\na,9,x,,True\nb,10,1,,False\nc,,2,,True\n")
    table = table_of(read_numbers(tmp_path / "a.csv", "--labels"))
    assert list(table.header) == ["name", "value", "mixed", "flag"]
    assert [row[1] for row in table.rows] == [9.0, 10.0, None]
    assert [row[2] for row in table.rows] == ["x", "1", "2"]
    assert {type(row[3]) for row in table.rows} == {str}


def test_settings_are_words_and_not_code() -> None:
    table = stated_table({"objectives": ["flops", "-params"], "limits": {}, "of": {"seed": 0}, "size": None})
    assert table.rows == [
        ["objectives", "flops, -params"],
        ["limits", "none"],
        ["of", "seed 0"],
        ["size", "none"],
    ]

"""``reproduce`` as a user runs it."""

from pathlib import Path

import pytest


def test_without_the_data_one_line_says_how_to_get_it(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("PROXYRANK_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    result = run("reproduce", "table1", "--out", tmp_path / "r")
    assert result.code == 2
    assert len(result.err.strip().splitlines()) == 1
    assert "nb201_accuracy.csv" in result.err
    assert "PROXYRANK_DATA" in result.err
    assert not (tmp_path / "r").exists()


def test_digits_table_on_the_terminal_and_as_json(run, tmp_path: Path) -> None:
    shown = run("reproduce", "table10", "--benchmark", "digits", "--out", tmp_path / "r")
    assert shown.code == 0, shown.err
    assert "VJETF" in shown.out
    found = run("reproduce", "table10", "--benchmark", "digits", "--out", tmp_path / "r", "--json").json
    assert len({cell["row"] for cell in found["tables"][0]["cells"]}) == 31
    assert set(found["verdicts"]) == {"reproduced", "better", "differs", "on other cells", "missing"}
    stated = (tmp_path / "r" / "commands.txt").read_text()
    assert stated == "proxyrank reproduce table10 --benchmark digits\n"  # once


def test_the_hint_for_missing_data_works(run, tmp_path: Path) -> None:
    assert run("reproduce", "toy", "--labels", "digits", "--out", tmp_path / "r").code == 0


def test_spaces_without_their_files_say_so_row_by_row(run, tmp_path: Path) -> None:
    args = ("reproduce", "spaces", "--labels", tmp_path, "--out", tmp_path / "r", "--train-sizes", "32")
    found = run(*args, "--only", "accel,macro", "--json")
    assert found.code == 0, found.err
    cells = found.json["tables"][0]["cells"]
    assert len(cells) == 2 * 5 * 4  # lines, predictors, metrics
    assert all(cell["ours"] is None and "no such file" in cell["note"] for cell in cells)
    assert (tmp_path / "r" / "spaces.md").exists()
    page = run("report", tmp_path / "r")
    assert page.code == 0, page.err
    text = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "--train-sizes 32 --only accel,macro --out r\n" in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("spaces", "--only", "accell"), "unknown line"),
        (("spaces", "--train-sizes", "few"), "--train-sizes"),
        (("toy", "--only", "accel"), "options of the table spaces"),
    ],
)
def test_bad_input_of_spaces(run, tmp_path: Path, args, words) -> None:
    result = run("reproduce", *args, "--out", tmp_path / "r")
    assert result.code == 2
    assert words in result.err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(("args", "words"), [(("table2",), "unknown table"), (("toy", "--cells", "3"), "10")])
def test_bad_input(run, tmp_path: Path, args, words) -> None:
    result = run("reproduce", *args, "--benchmark", "digits", "--out", tmp_path / "r")
    assert result.code == 2
    assert words in result.err

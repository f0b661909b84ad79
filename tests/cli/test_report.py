"""``report`` on the command line, also of a study and a search."""

import html
import re
import shlex
from pathlib import Path
from typing import Any


def test_of_a_ranker(run: Any, ranker: Path, labels_csv: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in ranker.iterdir()}
    result = run("report", ranker, "--labels", labels_csv, "--json")
    assert result.code == 0, result.err
    page = Path(result.json["report"])
    assert page == tmp_path / "ranker-report.html"
    assert "Predicted against true rank" in page.read_text(encoding="utf-8")
    assert {path.name: path.read_bytes() for path in ranker.iterdir()} == before


def test_the_training_command_of_a_page_trains_the_same_ranker(run: Any, tmp_path: Path) -> None:
    words = ("--train-size", 40, "--groups", "config", "--model", "forest", "--seed", 3, "--split", "grouped")
    assert run("train", "--labels", "smallnets", *words, "--out", tmp_path / "first").code == 0
    page = Path(run("report", tmp_path / "first", "--json").json["report"])
    (command,) = re.findall(r"proxyrank train [^<\n]*", html.unescape(page.read_text(encoding="utf-8")))
    program, *again = shlex.split(command)
    assert program == "proxyrank"
    assert again[-2:] == ["--out", "first"]
    assert run(*again[:-1], tmp_path / "second").code == 0
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("first", "second")
    )
    assert first == second


def test_of_a_study_and_a_search(run: Any, labels_csv: Path, tmp_path: Path) -> None:
    words = ("--labels", labels_csv, "--groups", "cell", "--train-size", 40, "--folds", 2, "--repeats", 1)
    assert run("study", *words, "--trials", 3, "--metrics", "KT,nDCG", "--out", tmp_path / "s").code == 0
    result = run("report", tmp_path / "s", "--out", tmp_path / "page.html")
    assert result.code == 0, result.err
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for title in ("What was found", "History of KT", "History of nDCG", "Pareto front", "All trials"):
        assert f">{title}</h2>" in text
    assert f"proxyrank study --labels {labels_csv}" in text
    assert "--metrics KT,nDCG --out s\n" in text
    search = ("--space", "nb201", "--objective", "flops", "--iterations", 40, "--population", 8)
    found = run("search", *search, "--workers", 1, "--out", tmp_path / "f")
    assert found.code == 0, found.err
    assert run("report", tmp_path / "f").code == 0
    text = (tmp_path / "f" / "report.html").read_text(encoding="utf-8")
    assert "The front" in text
    assert f"proxyrank {shlex.join(map(str, ('search', *search)))} --out f\n" in text


def test_bad_input_is_one_line(run: Any, ranker: Path, tmp_path: Path) -> None:
    for words, said in (
        ((tmp_path,), "expected the folder of a ranker"),
        ((tmp_path, "--labels", "digits"), "judges a ranker"),
        ((ranker, "--labels", "nowhere.csv"), "no such file"),
        ((ranker, "--out", tmp_path / "no" / "a.html"), "does not exist"),
    ):
        result = run("report", *words)
        assert result.code == 2
        assert said in result.err.splitlines()[-1]

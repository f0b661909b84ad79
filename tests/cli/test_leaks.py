"""X1: a label, or a row number, among the columns that are learnt from."""

from pathlib import Path
from typing import Any

import pytest

from proxyrank.models.folder import read_card
from proxyrank.spaces import get_space

CELLS = get_space("nb201").sample(30, seed=0)
SHORT = ("--no-intervals", "--out")
LABELS = [60 + i * i % 29 + i / 100 for i in range(30)]


def write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture
def own(tmp_path: Path) -> tuple[Any, ...]:
    """Labels and a table of networks that repeats them as ``copy``, doubled as ``twice``, and counts rows."""
    labels = write(tmp_path / "acc.csv", "arch,acc", [f"n{i},{y}" for i, y in enumerate(LABELS)])
    rows = [f"n{i},{i % 5},{y},{2 * y},{i}" for i, y in enumerate(LABELS)]
    rows += ["n30,1,,,30", "n31,2,,,31"]
    return ("--labels", labels, "--features", write(tmp_path / "nets.csv", "arch,depth,copy,twice,n", rows))


def told(found: Any) -> None:
    assert found.code == 0, found.err
    assert found.err.count("the column 'copy' is the label itself, left out") == 1
    assert found.err.count("'twice' orders the architectures exactly as the label does") == 1
    assert found.err.count("'n' counts the rows of its table") == 1


def test_x1_commands_that_learn_from_a_table_of_networks(
    run: Any, own: tuple[Any, ...], tmp_path: Path
) -> None:
    told(run("train", *own, "--model", "lightgbm", *SHORT, tmp_path / "R"))
    assert read_card(tmp_path / "R").feature_names == ["config_depth", "config_n", "config_twice"]
    told(run("study", *own, "--trials", 1, "--folds", 2, "--repeats", 1, "--out", tmp_path / "S"))
    played = ("--budget", 8, "--seeds", 1, "--strategy", "random", "--model", "lightgbm", "--workers", 1)
    told(run("simulate", *own, *played, "--out", tmp_path / "sim"))
    told(run("suggest", "--state", tmp_path / "s.json", "--labels", own[1], "--archs", own[3], "--batch", 1))


def test_x1_transfer_warns(run: Any, own: tuple[Any, ...], tmp_path: Path) -> None:
    write(tmp_path / "other.csv", "arch,acc", [f"n{i},{y % 7}" for i, y in enumerate(LABELS)])
    assert run("train", "--labels", tmp_path / "other.csv", *own[2:], *SHORT, tmp_path / "R").code == 0
    found = run("transfer", tmp_path / "R", *own, "--out", tmp_path / "T")
    assert "warning: the ranker looks at 'copy', which is the label itself" in found.err


def test_x1_rows_without_names(run: Any, tmp_path: Path) -> None:
    table = write(tmp_path / "nets.csv", "depth,acc,copy", [f"{i},{y},{y}" for i, y in enumerate(LABELS)])
    found = run("train", "--labels", table, "--label", "acc", "--space", "table", "--out", tmp_path / "R")
    assert found.code == 2
    assert "the column 'copy' is the label itself; leave it out of the table" in found.err
    assert not (tmp_path / "R").exists()


def test_x1_study_on_a_table_of_features(run: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pairs = list(zip(CELLS, LABELS, strict=True))
    labels = write(tmp_path / "acc.csv", "arch,acc", [f"{cell},{y}" for cell, y in pairs])
    rows = [f"{cell},{y},{2 * y},{i * 7 % 5}" for i, (cell, y) in enumerate(pairs)]
    table = write(tmp_path / "leak.csv", "arch,acc,twice,x", rows)
    about = ("--labels", labels, "--label", "acc", "--features", table)
    study = ("study", *about, "--trials", 1, "--folds", 2, "--repeats", 1, "--out", tmp_path / "S")
    assert run(*study).code == 0
    assert "the feature column 'acc' is the label itself and was left out" in caplog.text
    assert "'twice' orders the architectures exactly as the label does" in caplog.text

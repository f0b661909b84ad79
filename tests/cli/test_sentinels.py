"""D8: values that stand for failed computations, declared and counted by every command that reads a table."""

from pathlib import Path
from typing import Any

import pytest

from proxyrank.spaces import get_space

CELLS = get_space("nb201").sample(40, seed=0)
LINE = "depth 1 (sentinel -1e+08), depth 3 (sentinel -999), depth 1 (sentinel 1e+30), width 1 (infinite)"
COUNTS = {"depth": {"sentinel -1e+08": 1, "sentinel -999": 3, "sentinel 1e+30": 1}, "width": {"infinite": 1}}
SHORT = ("--no-intervals", "--out")
BUILDER = """
from torch import nn
def make(**row): return nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
"""
DECLARED = ("--sentinel=-999", "--sentinel", "1e30")


def depth(i: int) -> object:
    return {0: -1e8, 2: -999, 5: -999, 7: -999, 11: 1e30}.get(i, i % 7)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Labels and own tables: of cells, and of networks of one's own."""
    widths = ["inf" if i == 3 else i * i % 11 for i in range(40)]
    for name, archs in (("cells", CELLS), ("nets", [f"n{i}" for i in range(40)])):
        rows = [f'"{arch}",{depth(i)},{widths[i]}' for i, arch in enumerate(archs)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["arch,depth,width", *rows]) + "\n")
        labels = [f'"{arch}",{60 + i % 7 + i * i % 11 / 10}' for i, arch in enumerate(archs[:30])]
        (tmp_path / f"{name}-acc.csv").write_text("\n".join(["arch,acc", *labels]) + "\n")
    return tmp_path


def told(found: Any) -> None:
    """The line is there once; so are the counts, where JSON is one object."""
    assert found.code == 0, found.err
    assert found.err.count(LINE) == 1
    if found.out.startswith("{"):
        assert found.json["failed_values"] == COUNTS


@pytest.mark.parametrize("name", ["cells", "nets"])
def test_d8_declared_in_training_they_count_in_every_command_after(run: Any, tables: Path, name: str) -> None:
    table, ranker = tables / f"{name}.csv", tables / "R"
    about = ("--labels", tables / f"{name}-acc.csv", "--features", table)
    told(run("train", *about, "--train-size", 24, *SHORT, ranker, *DECLARED, "--json"))
    told(run("rank", ranker, "--features", table, "--archs", table, "--json"))
    told(run("evaluate", ranker, *about, "--json"))
    told(run("explain", ranker, "--features", table, "--json"))
    told(
        run("explain", ranker, "--features", table, "--arch", CELLS[9] if name == "cells" else "n9", "--json")
    )


def test_d8_a_sentinel_declared_at_ranking_only(run: Any, tables: Path) -> None:
    about = ("--labels", tables / "nets-acc.csv", "--features", tables / "nets.csv")
    assert run("train", *about, *SHORT, tables / "R").code == 0
    told(run("rank", tables / "R", *about[2:], "--archs", tables / "nets.csv", *DECLARED, "--json"))


def test_d8_study_suggest_simulate_transfer(run: Any, tables: Path) -> None:
    about = ("--labels", tables / "nets-acc.csv", "--features", tables / "nets.csv")
    study = ("study", *about, "--trials", 1, "--folds", 2, "--repeats", 1, "--out", tables / "S")
    told(run(*study, *DECLARED, "--json"))
    told(run("suggest", "--state", tables / "s.json", "--archs", tables / "nets.csv", *DECLARED, "--json"))
    assert run("train", *about, *SHORT, tables / "R", *DECLARED).code == 0
    told(run("transfer", tables / "R", *about, "--out", tables / "T", "--json"))
    played = ("--budget", 8, "--seeds", 1, "--strategy", "random", "--model", "lightgbm", "--workers", 1)
    told(run("simulate", *about, *played, *DECLARED, "--out", tables / "sim", "--json"))


def test_d8_scores_and_candidates(run: Any, tables: Path) -> None:
    labels, scores = tables / "cells-acc.csv", tables / "cells.csv"
    told(run("evaluate", "--by", "depth", "--labels", labels, "--scores", scores, *DECLARED, "--json"))
    made = ("features", "--candidates", tables / "nets.csv", "--out", tables / "T.parquet", "--workers", 1)
    told(run(*made, *DECLARED, "--json"))
    (tables / "built.py").write_text(BUILDER)
    build = (
        "--build",
        f"{tables / 'built.py'}:make",
        "--candidates",
        tables / "nets.csv",
        "--proxies",
        "flops",
    )
    told(run("score", *build, *DECLARED, "--json"))


def test_undeclared_numbers_are_values(run: Any, tables: Path) -> None:
    about = ("--labels", tables / "cells-acc.csv", "--features", tables / "cells.csv")
    found = run("train", *about, *SHORT, tables / "R", "--json")
    assert found.json["failed_values"]["depth"] == {"sentinel -1e+08": 1}
    assert "-999" not in found.err

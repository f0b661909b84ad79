"""Spaces of options on the command line: the one that ships, and one in a file of the user's."""

from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces.smallnets import SMALLNETS

FILE = """
from proxyrank.spaces import ConfigSpace

SPACE = ConfigSpace({"depth": [1, 2, 3, 4, 5, 6], "width": WIDTHS, "act": ["relu", "tanh"]}, name="mine")
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file with a search space."""
    path = tmp_path / "mynets.py"
    path.write_text(FILE.replace("WIDTHS", "[8, 16, 32]"))
    return path


@pytest.fixture
def own_labels(mine: Path, tmp_path: Path) -> Path:
    """Labels of 30 of its 36 architectures."""
    rows = [
        {
            "arch": f"act={act},width={width},depth={depth}",
            "acc": 50 + 5 * depth + width / 4 + (act == "relu"),
        }
        for depth in range(1, 7)
        for width in (8, 16, 32)
        for act in ("relu", "tanh")
    ]
    path = tmp_path / "acc.csv"
    pd.DataFrame(rows[:30]).to_csv(path, index=False)
    return path


def test_smallnets_trains_ranks_and_is_judged(run, tmp_path: Path) -> None:
    out = tmp_path / "ranker"
    trained = run("train", "--labels", "smallnets", "--train-size", 60, "--seed", 1, "--out", out, "--json")
    assert trained.code == 0, trained.err
    assert (trained.json["groups"], trained.json["model"]) == ("config+products", "auto")
    assert trained.json["features"] == 9 + 32
    ranked = run("rank", out, "--unseen", "--json").json
    assert len(ranked) == len(SMALLNETS) - 60
    assert [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    info = run("info", out, "--json").json
    assert info["space"] == "smallnets"
    assert info["hyperparameters"] == SMALLNETS.hyperparameters
    found = run("evaluate", out, "--labels", "smallnets", "--baselines", "--json")
    assert found.code == 0, found.err
    sizes = [found.json["baselines"][name]["KT"] for name in ("flops", "params")]
    assert found.json["KT"] > max(sizes) + 0.1


def test_smallnets_info_states_noise_and_ceiling(run) -> None:
    facts = run("smallnets", "info", "--json").json
    assert facts["networks"] == 432
    assert facts["KT between two trainings"] > 0.8
    assert facts["noise"]["two trainings"]["KT"] > 0.85
    assert "sd of the label" in run("smallnets", "info").out


def test_smallnets_build(run, tmp_path: Path) -> None:
    table = tmp_path / "t.parquet"
    result = run(
        "smallnets", "build", "--networks", 1, "--seeds", 1, "--workers", 1, "--out", table, "--json"
    )
    assert result.json["networks"] == 1
    assert list(pd.read_parquet(table).columns) == ["arch", *SMALLNETS.options, "accuracy", "accuracy_seed0"]


def test_proxies_of_smallnets_are_for_its_own_images(run) -> None:
    arch = SMALLNETS.sample(1, seed=0)[0]
    result = run("score", arch, "--space", "smallnets", "--proxies", "params", "--json")
    assert result.code == 0, result.err
    assert run("show", arch, "--space", "smallnets", "--json").json["dataset"] == "digits"


def test_a_ranker_of_a_file_is_opened_with_it(run, mine: Path, own_labels: Path, tmp_path: Path) -> None:
    out, space = tmp_path / "ranker", f"{mine}:SPACE"
    trained = run("train", "--labels", own_labels, "--space", space, "--out", out, "--json")
    assert trained.code == 0, trained.err
    ranked = run("rank", out, "--unseen", "--space", space, "--json").json
    assert sorted(row["arch"] for row in ranked) == sorted(
        f"depth=6,width={width},act={act}" for width in (8, 16, 32) for act in ("relu", "tanh")
    )
    without = run("rank", out, "--unseen")
    assert without.code == 2
    assert "--space FILE.py:NAME" in without.err


def test_a_changed_space_is_refused(run, mine: Path, own_labels: Path, tmp_path: Path) -> None:
    out, space = tmp_path / "ranker", f"{mine}:SPACE"
    assert run("train", "--labels", own_labels, "--space", space, "--out", out).code == 0
    mine.write_text(FILE.replace("WIDTHS", "[8, 16, 32, 64]"))
    for command in (("rank", out, "--unseen"), ("info", out), ("evaluate", out, "--labels", own_labels)):
        changed = run(*command, "--space", space)
        assert changed.code == 2
        assert changed.err.count("\n") == 1
        assert "width was [8, 16, 32], is [8, 16, 32, 64]" in changed.err
    mine.write_text("\n" + FILE.replace("WIDTHS", "[8, 16, 32]"))  # another file of an equal space
    assert run("info", out, "--space", space).code == 0


def test_strategies_play_on_smallnets(run, tmp_path: Path) -> None:
    result = run(
        "simulate", "--labels", "smallnets", "--strategy", "random", "--budget", 8, "--checkpoints", "8",
        "--seeds", 1, "--workers", 1, "--model", "lightgbm", "--out", tmp_path / "sim", "--json",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert result.json[0]["trained"] == 8
    batch = run("suggest", "--space", "smallnets", "--state", tmp_path / "s.json", "--batch", 4, "--json")
    assert batch.code == 0, batch.err
    assert len({SMALLNETS.parse(arch) for arch in batch.json["archs"]}) == 4

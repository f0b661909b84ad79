"""Every command that takes a table of networks takes its builder, and the table that `features` makes."""

import json
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.digests import digest

NETS = """
from torch import nn


def make(depth, width, act):
    acts = {"relu": nn.ReLU, "tanh": nn.Tanh}
    layers = [nn.Flatten(), nn.Linear(12, width), acts[act]()]
    for _ in range(depth):
        layers += [nn.Linear(width, width), acts[act]()]
    return nn.Sequential(*layers, nn.Linear(width, 4))
"""
TABLE = ("--candidates", "candidates.csv", "--label", "acc")
SHAPE = ("--shape", "3x2x2", "--classes", 4)
BUILT = (*TABLE, "--build", "ownnets.py:make", *SHAPE, "--groups", "config,trace")
FAST = ("--model", "lightgbm", "--no-intervals")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ownnets.py").write_text(NETS)
    rows = [
        {"arch": f"n{d}{w}{a}", "depth": d, "width": w, "act": a, "acc": d * w + 3.0 * (a == "relu")}
        for d in (1, 2, 3)
        for w in (4, 8, 12)
        for a in ("relu", "tanh")
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "candidates.csv", index=False)
    pd.DataFrame(rows)[["arch", "acc"]].to_csv(tmp_path / "every.csv", index=False)
    pd.DataFrame(rows).iloc[::2][["arch", "acc"]].to_csv(tmp_path / "trained.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def done(found):
    assert found.code == 0, found.err
    return found


def train(run, table: tuple[str, ...]) -> None:
    done(run("train", "--labels", "trained.csv", *table, *FAST, "--out", "R"))


def study(run, table: tuple[str, ...]) -> None:
    """A study, and the command that it prints."""
    args = ("--trials", 1, "--folds", 2, "--repeats", 1)
    studied = done(run("study", "--labels", "every.csv", *table, *args, "--out", "S"))
    words = next(line for line in studied.out.splitlines() if line.startswith("next: ")).split()[2:]
    assert not [word for word in ("--shape", "--build", "--classes") if word in table and word not in words]
    done(run("train", *words[1:-1], "R2", "--no-intervals"))


def simulate(run, table: tuple[str, ...]) -> None:
    played = ("--budget", 8, "--seeds", 1, "--strategy", "variance", "--model", "lightgbm", "--workers", 1)
    done(run("simulate", "--labels", "every.csv", *table, *played, "--out", "sim"))


def rank_and_explain(run, table: tuple[str, ...]) -> None:
    assert len(done(run("rank", "R", *table, "--unseen", "--json")).json) == 9
    for arch in ((), ("--arch", "n38tanh")):
        shown = done(run("explain", "R", *table, *arch, "--top", 200, "--json")).json
        names = {row["feature"] for row in shown["features"]}
        assert {"config_depth", "trace_count_linear"} <= names


def judge_and_transfer(run, table: tuple[str, ...]) -> None:
    assert done(run("evaluate", "R", "--labels", "every.csv", *table, "--json")).json["n"] == 9
    done(run("transfer", "R", "--labels", "every.csv", *table, "--train-size", 8, "--out", "T2"))
    assert len(done(run("rank", "T2", *table, "--unseen", "--json")).json) == 10


OF_A_TABLE = (study, simulate)
OF_A_RANKER = (rank_and_explain, judge_and_transfer)


@pytest.mark.parametrize("commands", [*OF_A_TABLE, *OF_A_RANKER])
def test_a_builder(run, folder: Path, commands) -> None:
    if commands in OF_A_TABLE:
        commands(run, BUILT)
        return
    train(run, BUILT)
    card = json.loads((folder / "R" / "ranker.json").read_text())
    assert card["code"] == {"file": "ownnets.py:make", "sha256": digest(NETS.encode())}
    commands(run, ("--candidates", "candidates.csv", "--build", "ownnets.py:make"))


def test_suggest_builds_too(run, folder: Path) -> None:
    chosen = ("--labels", "trained.csv", *BUILT, "--batch", 3, "--json")
    found = done(run("suggest", "--state", "s.json", *chosen)).json["archs"]
    assert len(set(found) - set(pd.read_csv("trained.csv")["arch"])) == 3


@pytest.mark.parametrize("option", ["--features", "--candidates"])
def test_a_table_that_features_made(run, folder: Path, option: str) -> None:
    done(run("features", *BUILT, "--workers", 1, "--out", "T.parquet"))
    sidecar = json.loads((folder / "T.json").read_text())
    assert sidecar["code"] == {"file": "ownnets.py:make", "sha256": digest(NETS.encode())}
    assert {"config", "products", "trace"} == set(sidecar["groups"])
    train(run, (option, "T.parquet", "--label", "acc"))
    card = json.loads((folder / "R" / "ranker.json").read_text())
    assert card["code"] == sidecar["code"]
    assert set(card["groups"]) == {"config", "trace"}  # lightgbm does not settle products
    rank_and_explain(run, (option, "T.parquet"))
    if option == "--features":
        judge_and_transfer(run, (option, "T.parquet"))
        return
    for command in OF_A_TABLE:
        command(run, (option, "T.parquet", "--label", "acc"))
    chosen = ("--state", "s.json", "--candidates", "T.parquet", "--batch", 3)
    found = done(run("suggest", *chosen, "--json")).json
    assert set(found["archs"]) <= set(pd.read_csv("candidates.csv")["arch"])


def test_a_changed_builder_is_said_in_one_line(run, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    done(run("train", "--labels", "trained.csv", *BUILT, *FAST, "--out", "R"))
    built = ("--candidates", "candidates.csv", "--build", "ownnets.py:make")
    done(run("rank", "R", *built, "--unseen"))
    assert not [text for text in caplog.messages if "SHA-256" in text]
    (folder / "ownnets.py").write_text(f"{NETS}\n# another one\n")
    done(run("rank", "R", *built, "--unseen"))
    before, after = (digest(text.encode())[:12] for text in (NETS, f"{NETS}\n# another one\n"))
    line = f"R: made with ownnets.py:make of SHA-256 {before}, now ownnets.py:make is {after}"
    assert [text for text in caplog.messages if "SHA-256" in text] == [line]
    refused = run("features", *BUILT[:-2], "--groups", "config", "--workers", 1, "--out", "T.parquet")
    assert refused.code == 0
    (folder / "ownnets.py").write_text(NETS)
    refused = run("features", *BUILT[:-2], "--groups", "config", "--workers", 1, "--out", "T.parquet")
    assert refused.code == 2
    assert "ownnets.py:make was changed since" in refused.err


@pytest.mark.parametrize("command", ["train", "study", "simulate"])
def test_what_does_not_go_together(run, command: str) -> None:
    base = (command, "--labels", "trained.csv", "--label", "acc", "--out", "R")
    for more, message in (
        (("--build", "ownnets.py:make"), "--build needs --candidates"),
        (("--candidates", "candidates.csv", "--logits", "0"), "--logits is about the networks of --build"),
        (("--candidates", "candidates.csv", "--features", "candidates.csv"), "two names for the table"),
    ):
        found = run(*base, *more)
        assert found.code == 2
        assert message in found.err
    assert not Path("R").exists()

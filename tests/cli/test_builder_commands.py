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


def table_commands(run, table: tuple[str, ...], ranker: str) -> None:
    """All that takes a table: `table` says which one it is."""
    done(run("train", "--labels", "trained.csv", *table, *FAST, "--out", ranker))
    studied = done(
        run("study", "--labels", "trained.csv", *table, "--trials", 1, "--folds", 2, "--out", f"{ranker}S")
    )
    words = next(line for line in studied.out.splitlines() if line.startswith("next: ")).split()[2:]
    assert not [word for word in ("--shape", "--build", "--classes") if word in table and word not in words]
    done(run("train", *words[1:-1], f"{ranker}2"))
    played = ("--budget", 8, "--seeds", 1, "--strategy", "variance", "--model", "lightgbm", "--workers", 1)
    done(run("simulate", "--labels", "every.csv", *table, *played, "--out", f"{ranker}sim"))


def ranker_commands(run, table: tuple[str, ...], ranker: str) -> None:
    """All that takes a ranker and a table."""
    ranked = done(run("rank", ranker, *table, "--unseen", "--json")).json
    assert len(ranked) == 9
    for arch in ((), ("--arch", "n38tanh")):
        shown = done(run("explain", ranker, *table, *arch, "--top", 200, "--json")).json
        names = {row["feature"] for row in shown["features"]}
        assert {"config_depth", "trace_count_linear"} <= names
    judged = done(run("evaluate", ranker, "--labels", "every.csv", *table, "--json")).json
    assert judged["n"] == 9
    moved = ("--labels", "every.csv", *table)
    done(run("transfer", ranker, *moved, "--train-size", 8, "--out", f"{ranker}T"))
    assert len(done(run("rank", f"{ranker}T", *table, "--unseen", "--json")).json) == 10


def test_a_builder(run, folder: Path) -> None:
    table_commands(run, BUILT, "R")
    ranker_commands(run, ("--candidates", "candidates.csv", "--build", "ownnets.py:make"), "R")
    chosen = ("--candidates", "candidates.csv", "--label", "acc", *BUILT[4:], "--batch", 3)
    found = done(run("suggest", "--state", "s.json", "--labels", "trained.csv", *chosen, "--json")).json
    assert len(found["archs"]) == 3
    card = json.loads((folder / "R" / "ranker.json").read_text())
    assert card["code"] == {"file": "ownnets.py:make", "sha256": digest(NETS.encode())}


def test_a_table_that_features_made(run, folder: Path) -> None:
    made = (*BUILT, "--workers", 1, "--out", "T.parquet")
    done(run("features", *made))
    sidecar = json.loads((folder / "T.json").read_text())
    assert sidecar["code"] == {"file": "ownnets.py:make", "sha256": digest(NETS.encode())}
    assert {"config", "products", "trace"} == set(sidecar["groups"])
    for option in ("--features", "--candidates"):
        table_commands(run, (option, "T.parquet", "--label", "acc"), f"R{option}")
        assert json.loads((folder / f"R{option}" / "ranker.json").read_text())["code"] == sidecar["code"]
    ranker_commands(run, ("--features", "T.parquet"), "R--features")
    found = done(
        run("suggest", "--state", "s.json", "--candidates", "T.parquet", "--batch", 3, "--json")
    ).json
    assert set(found["archs"]) <= set(pd.read_csv("candidates.csv")["arch"])


def test_a_changed_builder_is_said_in_one_line(run, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    done(run("train", "--labels", "trained.csv", *BUILT, *FAST, "--out", "R"))
    built = ("--candidates", "candidates.csv", "--build", "ownnets.py:make")
    done(run("rank", "R", *built, "--unseen"))
    assert not caplog.messages
    (folder / "ownnets.py").write_text(f"{NETS}\n# another one\n")
    done(run("rank", "R", *built, "--unseen"))
    before, after = (digest(text.encode())[:12] for text in (NETS, f"{NETS}\n# another one\n"))
    line = f"R: made with ownnets.py:make of SHA-256 {before}, now ownnets.py:make is {after}"
    assert caplog.messages == [line]
    refused = run("features", *BUILT, "--groups", "config", "--workers", 1, "--out", "T.parquet")
    assert refused.code == 0
    (folder / "ownnets.py").write_text(NETS)
    refused = run("features", *BUILT, "--groups", "config", "--workers", 1, "--out", "T.parquet")
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

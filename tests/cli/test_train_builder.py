"""A table and a builder on train, rank and evaluate."""

from pathlib import Path

import pandas as pd
import pytest

NETS = """
from torch import nn


def make(depth, width, act):
    acts = {"relu": nn.ReLU, "tanh": nn.Tanh}
    layers = [nn.Flatten(), nn.Linear(12, width), acts[act]()]
    for _ in range(depth):
        layers += [nn.Linear(width, width), acts[act]()]
    return nn.Sequential(*layers, nn.Linear(width, 4))
"""
BUILT = ("--candidates", "candidates.csv", "--build", "ownnets.py:make")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ownnets.py").write_text(NETS)
    rows = [
        {"arch": f"n{d}{w}{a}", "depth": d, "width": w, "act": a, "acc": d * w + 3.0 * (a == "relu")}
        for d in (1, 2, 3)
        for w in (4, 8, 12)
        for a in ("relu", "tanh")
    ]
    table = pd.DataFrame(rows)
    table.iloc[::2][["arch", "acc"]].to_csv(tmp_path / "trained.csv", index=False)
    table.to_csv(tmp_path / "candidates.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_networks_are_built_where_features_need_them(run) -> None:
    how = ("--groups", "config,trace", "--model", "lightgbm", "--no-intervals")
    args = ("--shape", "3x2x2", "--classes", 4, *how)
    done = run("train", "--labels", "trained.csv", "--label", "acc", *BUILT, *args, "--out", "R")
    assert done.code == 0, done.err
    assert "--candidates" not in done.err
    assert "candidates.csv --build ownnets.py:make --unseen" in done.out
    ranked = run("rank", "R", *BUILT, "--unseen", "--json")
    assert ranked.code == 0, ranked.err
    assert len(ranked.json) == 9
    again = run(
        "rank", "R", "--features", "candidates.csv", "--build", "ownnets.py:make", "--unseen", "--json"
    )
    assert again.json == ranked.json
    judged = run("evaluate", "R", "--labels", "candidates.csv", "--label", "acc", *BUILT, "--json")
    assert judged.code == 0, judged.err
    assert judged.json["KT"] > 0.4
    bare = run("rank", "R", "--candidates", "candidates.csv", "--unseen")
    assert bare.code == 2
    assert "needs the network of an architecture" in bare.err


def test_what_does_not_go_together(run) -> None:
    base = ("train", "--labels", "trained.csv", "--label", "acc", "--out", "R")
    for more, message in (
        (("--build", "ownnets.py:make"), "--build needs --candidates"),
        ((*BUILT, "--features", "candidates.csv"), "leave --features and --space out"),
        ((*BUILT, "--space", "nb201"), "leave --features and --space out"),
        ((*BUILT, "--shape", "3x2x2", "--dataset", "cifar10"), "leave --shape and --classes out"),
    ):
        done = run(*base, *more)
        assert done.code == 2
        assert message in done.err
    assert not Path("R").exists()


def test_candidates_without_a_builder_are_a_table(run) -> None:
    args = ("train", "--labels", "trained.csv", "--label", "acc", "--no-intervals", "--out", "R")
    assert run(*args, "--candidates", "candidates.csv").code == 0
    assert run("rank", "R", "--candidates", "candidates.csv", "--unseen").code == 0
    both = run("rank", "R", "--candidates", "candidates.csv", "--features", "candidates.csv", "--unseen")
    assert "two names for the table" in both.err


def test_names_of_another_family_are_told_the_way_out(run) -> None:
    args = ("train", "--labels", "trained.csv", "--label", "acc", "--no-intervals", "--out", "R")
    table = ("--features", "candidates.csv")
    done = run(*args, *table, "--space", "nb201")
    assert done.code == 2
    assert "is not a topology cell" in done.err
    assert done.err.strip().endswith("for networks of your own: --space table")
    assert run(*args, *table, "--space", "table").code == 0

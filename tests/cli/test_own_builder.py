"""A table and a builder: proxies of networks that a function makes of each row."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.features import FeatureTable

MYNETS = """
import torch
from torch import nn


def make(depth, width, act="relu"):
    if act == "tanh":
        raise ValueError("tanh is not built")
    layers = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU()]
    for _ in range(depth):
        layers += [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 7))


def number(**values):
    return 5


def wide():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 62 * 62, 7))


def narrow():
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 7))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mynets.py").write_text(MYNETS)
    rows = [
        {"arch": f"n{i}", "depth": 1 + i % 3, "width": 4 * (1 + i % 2), "act": "relu", "acc": float(i % 3)}
        for i in range(6)
    ]
    rows.append({"arch": "odd", "depth": 2, "width": 4, "act": "tanh", "acc": 1.0})
    pd.DataFrame(rows).to_csv(tmp_path / "candidates.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


ARGS = (
    "features", "--candidates", "candidates.csv", "--label", "acc", "--build", "mynets.py:make", "--shape",
    "3x12x12", "--classes", 7, "--batch-size", 4, "--workers", 1,
)  # fmt: skip


def test_proxies_of_a_table_become_columns_and_train(run, folder: Path) -> None:
    done = run(*ARGS, "--groups", "zcs", "--out", "T.parquet")
    assert done.code == 0, done.err
    assert "tanh is not built" in done.out
    table = FeatureTable.read("T.parquet")
    assert {"config_depth", "config_act=relu", "params", "flops", "naswot"} <= set(table.columns)
    assert table.frame.loc["n0", "config_width"] == 4
    by_hand = (3 * 9 * 4 + 4) + (4 * 9 * 4 + 4 + 8) + (4 * 7 + 7)
    assert table.frame.loc["n0", "params"] == by_hand
    assert np.isnan(table.frame.loc["odd", "params"])
    assert "ValueError: tanh is not built" in (table.reason("odd", "params") or "")
    assert "complete already" in run(*ARGS, "--groups", "zcs", "--out", "T.parquet").out
    other = run(*ARGS[:-2], "--workers", 2, "--groups", "zcs", "--out", "T2.parquet")
    assert other.code == 0, other.err
    assert Path("T2.parquet").read_bytes() == Path("T.parquet").read_bytes()

    names = pd.read_csv("candidates.csv")[["arch", "acc"]]
    names.iloc[:5].to_csv("trained.csv", index=False)
    done = run("train", "--labels", "trained.csv", "--features", "T.parquet", "--label", "acc", "--out", "R")
    assert done.code == 0, done.err
    card = run("info", "R", "--json").json
    assert (card["space"], list(card["groups"])) == ("table", ["zcs", "config", "products"])
    done = run("rank", "R", "--features", "T.parquet", "--unseen", "--json")
    assert done.code == 0, done.err
    assert {row["arch"] for row in done.json} == {"n5", "odd"}


def test_a_changed_row_or_builder_is_not_taken_for_the_old_one(run, folder: Path) -> None:
    assert run(*ARGS, "--groups", "zcs", "--columns", "config_depth,params", "--out", "U.parquet").code == 0
    (folder / "mynets.py").write_text(MYNETS.replace("width, 3, padding", "width, 5, padding"))
    done = run(*ARGS, "--groups", "zcs", "--columns", "config_depth,params", "--out", "U.parquet")
    assert done.code == 2
    assert "made by another builder or space: mynets.py:make was changed since" in done.err


def test_nothing_computed_is_an_error(run, folder: Path) -> None:
    args = [word if word != "mynets.py:make" else "mynets.py:number" for word in ARGS]
    done = run(*args, "--groups", "zcs", "--out", "T.parquet")
    assert done.code == 2
    assert "nothing could be computed" in done.err
    assert sorted(path.name for path in folder.iterdir()) == ["candidates.csv", "mynets.py"]
    for text, message in (
        ("mynets.py:none", "no function 'none'"),
        ("none.py:make", "cannot read the file"),
        ("mynets.py", "expected FILE.py:FUNCTION"),
    ):
        args = [word if word != "mynets.py:make" else text for word in ARGS]
        done = run(*args, "--groups", "zcs", "--out", "T.parquet")
        assert done.code == 2
        assert message in done.err


def test_score_a_few(run, folder: Path) -> None:
    common = ("--build", "mynets.py:make", "--shape", "3x12x12", "--classes", 7, "--batch-size", 4)
    few = run(
        "score", "depth=1,width=4", "depth=2,width=4,act=tanh", *common, "--proxies", "params", "--json"
    )
    assert few.code == 0, few.err
    assert few.json["scores"][0]["params"] == (3 * 9 * 4 + 4) + (4 * 9 * 4 + 4 + 8) + (4 * 7 + 7)
    assert few.json["scores"][1]["params"] is None
    done = run("score", "depth=2,width=4,act=tanh", *common, "--proxies", "params")
    assert done.code == 2
    assert "nothing could be computed" in done.err


def test_several_modules_on_images_of_their_own_size(run, folder: Path) -> None:
    images = np.random.default_rng(0).normal(size=(8, 3, 64, 64)).astype(np.float32)
    np.savez("images.npz", x=images, y=np.array([0, 1, 2, 3, 4, 5, 6, 0]))
    common = ("--batch-size", 4, "--proxies", "params,naswot", "--json")
    modules = ("--module", "mynets:wide", "--module", "mynets:narrow")
    done = run("score", *modules, "--input", "images.npz", *common)
    assert done.code == 0, done.err
    assert [row["arch"] for row in done.json["scores"]] == ["mynets:wide", "mynets:narrow"]
    assert done.json["scores"][1]["params"] == 3 * 64 * 64 * 7 + 7
    assert done.json["settings"]["dataset"] == "3x64x64:7"
    done = run("score", *modules, "--shape", "3x64x64", "--classes", 7, *common)
    assert done.code == 0, done.err
    assert done.json["scores"][0]["naswot"] is not None

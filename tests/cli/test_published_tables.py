"""Tables of other search spaces as they are published: their own columns, no setting by hand."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.spaces import get_space
from proxyrank.spaces.nb101 import NB101

ROWS = 26

Rows = Callable[[list[str]], pd.DataFrame]


def _named(space: str, label: str, **more: float) -> tuple[str, str, Rows]:
    return space, label, lambda archs: pd.DataFrame({"arch": archs, **more})


def _nb101(archs: list[str]) -> pd.DataFrame:
    matrix, ops = zip(*(arch.split(":") for arch in archs), strict=True)
    hashes = [NB101.hash(arch) for arch in archs]
    return pd.DataFrame({"hash": hashes, "vertices": 7, "matrix": matrix, "ops": ops, "params": 1})


TABLES = {
    "accel": _named("mbconv", "val_top1", val_top5=82.1, macs_m=236.6, params_m=4.1),
    "macro": _named("nb-macro", "test_acc", test_std=0.05, params=387882, flops=7713280),
    "oncenas": _named("darts", "test_acc50", valid_acc50=0.9, mflops=500.0),
    "tnb101": _named("tnb101-micro", "val_acc", fisher=3.2, flops=4662.9),
    "nb101": ("nb101", "test_acc", _nb101),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_published_table_is_trained_ranked_and_judged(run, tmp_path: Path, name: str) -> None:
    space, label, rows = TABLES[name]
    own = get_space(space)
    archs = own.sample(ROWS, seed=4)
    frame = rows(archs)
    frame[label] = [own.sizes(arch, "cifar10").params ** 0.1 for arch in archs]
    path, out = tmp_path / "t.csv", tmp_path / "ranker"
    frame.to_csv(path, index=False)
    common = ("--labels", path, "--label", label)
    fast = ("--model", "lightgbm", "--no-intervals")
    trained = run("train", *common, "--space", space, "--train-size", 16, *fast, "--out", out, "--json")
    assert trained.code == 0, trained.err
    assert (trained.json["n_train"], trained.json["label"]) == (16, label)
    ranked = run("rank", out, "--archs", path, "--json")
    assert ranked.code == 0, ranked.err
    assert {row["arch"] for row in ranked.json} == set(archs)
    found = run("evaluate", out, *common, "--json")
    assert found.code == 0, found.err
    assert found.json["KT"] is not None


def test_a_target_is_for_lightgbm(run, tmp_path: Path) -> None:
    archs = get_space("nb-macro").sample(12, seed=0)
    path = tmp_path / "t.csv"
    pd.DataFrame({"arch": archs, "acc": [sum(map(int, arch)) for arch in archs]}).to_csv(path, index=False)
    common = ("train", "--labels", path, "--space", "nb-macro", "--no-intervals", "--json", "--out")
    assert run(*common, tmp_path / "r", "--target", "none").json["model"] == "lightgbm"

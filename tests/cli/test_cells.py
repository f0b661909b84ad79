"""``show``, ``canonical``, ``features``, ``demo`` and the frame around all commands."""

import json
from pathlib import Path

import pandas as pd
import pytest

from proxyrank.features import FeatureTable
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
CELL = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"


def test_u1_show_explains_a_cell(run) -> None:
    facts = run("show", CELL, "--json").json
    assert facts["arch"] == facts["canonical"] == CELL
    assert SPACE.parse(facts["tuple"]) == CELL
    assert len(facts["edges"]) == 6
    assert facts["sizes"]["params"] == {"built": 802_426, "effective": 802_426}
    text = run("show", facts["tuple"]).out
    assert "802,426" in text
    assert "in -> 1" in text


def test_a3_a4_show_marks_dead_operations(run) -> None:
    dead = "|none~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|"
    facts = run("show", dead, "--json").json
    assert facts["canonical"] == SPACE.parse((1,) * 6)
    assert facts["connected"] is False
    assert "dead" in run("show", dead).out


def test_canonical_of_many(run, tmp_path: Path) -> None:
    assert run("canonical", CELL, "(1,1,1,1,1,1)").out.split() == [CELL, SPACE.parse((1,) * 6)]
    (tmp_path / "c.txt").write_text("# cells\n\n(1,1,1,1,1,1)\n" + CELL)
    assert run("canonical", "--archs", tmp_path / "c.txt", "--out", tmp_path / "k.csv").code == 0
    keys = pd.read_csv(tmp_path / "k.csv")
    assert list(keys.columns) == ["arch", "tuple", "canonical", "nats_key", "function_key"]
    (tmp_path / "c.txt").write_text(CELL + "\n12804\n")
    result = run("canonical", "--archs", tmp_path / "c.txt")
    assert result.code == 2
    assert "line 2" in result.err


def test_m4_features_twice_are_byte_equal(run, tmp_path: Path) -> None:
    cells = tmp_path / "cells.txt"
    cells.write_text("\n".join(SPACE.sample(50, seed=0)))
    for name in ("a", "b"):
        out = tmp_path / f"{name}.parquet"
        assert run("features", "--archs", cells, "--groups", "graf,paths,cell,flow", "--out", out).code == 0
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    table = FeatureTable.read(tmp_path / "a.parquet")
    assert len(table.frame) == 50
    assert table.sidecar.space == "nb201"
    assert run("features", "--out", tmp_path / "c.parquet").code == 2
    near = run("features", "--archs", cells, "--groups", "graph", "--out", tmp_path / "c.parquet")
    assert near.code == 2
    assert "graf" in near.err


def test_demo_judges_and_ranks(run, tmp_path: Path) -> None:
    result = run("demo", "--out", tmp_path / "demo", "--json")
    assert result.code == 0, result.err
    reports = result.json
    taus = {name: report["KT"] for name, report in reports.items()}
    assert {"all", "vkdnw", "vkdnw+zcs", "vkdnw+zcs+graf", "graf", "vkdnw_agg", "az_nas"} < set(taus)
    assert taus["all"] > taus["vkdnw+zcs+graf"] > taus["vkdnw+zcs"] > taus["vkdnw"]
    assert max(taus, key=taus.__getitem__) == "ceiling"
    ranks = pd.read_csv(tmp_path / "demo" / "ranks.csv")
    assert list(ranks["rank"]) == list(range(1, len(ranks) + 1))
    assert (tmp_path / "demo" / "ranking.png").read_bytes()[:4] == b"\x89PNG"
    assert run("info", tmp_path / "demo" / "ranker").code == 0


def test_digits_build(run, tmp_path: Path) -> None:
    result = run(
        "digits",
        "build",
        "--cells",
        1,
        "--seeds",
        1,
        "--workers",
        1,
        "--out",
        tmp_path / "t.parquet",
        "--json",
    )
    assert result.json["cells"] == 1
    assert list(pd.read_parquet(tmp_path / "t.parquet").columns) == ["arch", "digits", "digits_seed0"]


def test_shipped_digits_table() -> None:
    from proxyrank.train.digits import digits_table

    table = pd.read_parquet(digits_table())
    provenance = json.loads(digits_table().with_suffix(".json").read_text())
    assert len(table) == provenance["cells"] >= 800
    assert set(table.arch) == set(SPACE.sample(len(table), seed=0, population="filtered"))
    assert table.digits.between(10, 100).all()
    assert table.digits_seed0.corr(table.digits_seed1, method="kendall") > 0.6


def test_version_help_and_examples(run) -> None:
    assert run("--version").out.startswith("proxyrank ")
    for command in ("demo", "features", "train", "rank", "evaluate", "info", "show", "canonical"):
        result = run(command, "--help")
        assert result.code == 0
        assert f"Example: proxyrank {command}" in " ".join(result.out.split())
    assert run("nonsense").code == 2
    assert run("rank", "--no-such-option").code == 2


def test_import_is_light_and_clean(run_process) -> None:
    check = "assert not {'torch', 'lightgbm', 'pandas', 'sklearn'} & set(sys.modules)"
    result = run_process(
        "--version", setup=f"import warnings; warnings.simplefilter('error'); import proxyrank; {check}"
    )
    assert result.code == 0, result.err


def test_e1_table_commands_without_torch(run_process, labels_csv: Path, tmp_path: Path) -> None:
    no_torch = (
        "import importlib.abc as a; F = type('F', (a.MetaPathFinder,), {'find_spec': lambda s, n, p, t=None: "
        "(_ for _ in ()).throw(ModuleNotFoundError(n, name=n)) if n.split('.')[0] == 'torch' else None}); "
        "sys.meta_path.insert(0, F())"
    )
    out = tmp_path / "r"
    commands = [
        (
            "train",
            "--labels",
            labels_csv,
            "--train-size",
            60,
            "--groups",
            "graf,paths,cell,flow",
            "--out",
            out,
        ),
        ("evaluate", out, "--labels", labels_csv, "--json"),
        ("rank", out, "--unseen", "--top", "3"),
    ]
    for command in commands:
        result = run_process(*command, setup=no_torch)
        assert result.code == 0, result.err


@pytest.mark.parametrize("first", ["torch", "lightgbm"])
def test_e2_torch_and_lightgbm_in_one_process(
    run_process, labels_csv: Path, tmp_path: Path, first: str
) -> None:
    setup = f"import {first}, torch; torch.nn.Conv2d(3, 8, 3)(torch.ones(8, 3, 32, 32)).sum().backward()"
    args = ("train", "--labels", labels_csv, "--groups", "cell", "--threads", 2, "--out", tmp_path / "r")
    result = run_process(*args, setup=setup)
    assert result.code == 0, result.err

import json
from pathlib import Path

import pandas as pd
import pytest
import torch

from proxyrank.features.proxies import PROXIES

NONE = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
CELLS = [NONE, "(2, 3, 4, 2, 2, 2)", "(0, 2, 1, 0, 4, 3)"]
SMALL = ("--dataset", "digits", "--batch-size", "4", "--device", "cpu")


def test_all_proxies_of_a_degenerate_and_two_ordinary_cells(run):
    text = run("score", *CELLS, *SMALL)
    assert text.code == 0
    assert f"no value for {NONE}: degenerate: singular kernel (naswot, ntk)" in text.out
    found = run("score", *CELLS, *SMALL, "--json").json
    assert found["scores"][0]["arch"] == NONE
    assert found["scores"][0]["naswot"] is None
    assert found["status"]["naswot"] == {NONE: "degenerate: singular kernel"}
    assert found["settings"]["batch_size"] == 4
    assert found["settings"]["threads"] == torch.get_num_threads()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_out_twice_is_byte_equal_and_states_its_settings(run, tmp_path: Path, suffix):
    archs = tmp_path / "cells.txt"
    archs.write_text("\n".join(CELLS) + "\n")
    files = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for file in files:
        done = run("score", "--archs", archs, "--proxies", "jacov,vkdnw", *SMALL, "--out", file)
        assert done.code == 0, done.err
    assert files[0].read_bytes() == files[1].read_bytes()
    sidecar = files[0].with_suffix(".json") if suffix == ".parquet" else Path(f"{files[0]}.json")
    groups = json.loads(sidecar.read_text())["groups"]
    (zcs,), (vkdnw,) = groups["zcs"]["families"], groups["vkdnw"]["families"]
    assert zcs["columns"] == ["jacov"]
    assert zcs["settings"]["dataset"] == "digits"
    assert zcs["facts"]["threads"] == str(torch.get_num_threads())
    assert len(vkdnw["columns"]) == 11


def test_repeats(run):
    (row,) = run("score", CELLS[1], "--proxies", "snip", "--repeats", "2", *SMALL, "--json").json["scores"]
    assert set(row) == {"arch", "snip", "snip_std"}


def test_any_module(run, tmp_path: Path, monkeypatch):
    (tmp_path / "ownnet.py").write_text(
        "from torch import nn\n"
        "def make():\n"
        "    body = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()\n"
        "    return nn.Sequential(*body, nn.Flatten(), nn.Linear(144, 10))\n"
        "number = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    found = run("score", "--module", "ownnet:make", *SMALL, "--json")
    assert found.json["scores"][0]["snip"] > 0
    assert "has no nothing" in run("score", "--module", "ownnet:nothing", *SMALL).err
    assert "torch.nn.Module, got int" in run("score", "--module", "ownnet:number", *SMALL).err
    assert "cannot import absent" in run("score", "--module", "absent:make", *SMALL).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((NONE, "--batch-size", "1"), "at least 2, got 1 (needed by expressivity"),
        ((NONE, "--batch-size", "0"), "batch_size must be at least 1, got 0"),
        ((NONE, "--proxies", "naswto"), "nearest: naswot"),
        ((NONE, "--dataset", "mnist"), "unknown dataset"),
        (("12804",), "argument 1: 12804 is an index"),
        ((), "say which networks"),
        ((NONE, "--module", "a:b"), "give either architectures, --module"),
        (("--module", "a.b"), "expected package:factory"),
    ],
)
def test_bad_input_is_one_line(run, arguments, message):
    done = run("score", *arguments, "--device", "cpu")
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_e3_devices(run):
    explicit = run("score", CELLS[1], "--device", "cuda")
    assert explicit.code == 2
    assert "sees 0 CUDA devices" in explicit.err
    automatic = run("score", CELLS[1], "--proxies", "params", "--dataset", "digits", "--device", "auto")
    assert automatic.code == 0
    assert "using the CPU" in automatic.err


def test_proxies_are_listed(run):
    found = run("proxies", "--json").json
    assert [entry["name"] for entry in found] == list(PROXIES)
    assert all(entry["direction"] in (1, -1) and entry["meaning"] and entry["paper"] for entry in found)
    assert "naswot" in run("proxies").out


def test_a_score_file_is_a_feature_table(run, tmp_path: Path):
    from proxyrank.features.tables.table import FeatureTable

    out = tmp_path / "scores.parquet"
    assert run("score", *CELLS, "--proxies", "naswot", *SMALL, "--out", out).code == 0
    table = FeatureTable.read(out)
    assert table.reason(NONE, "naswot") == "degenerate: singular kernel"
    assert pd.api.types.is_float_dtype(table.frame["naswot"])


def test_without_torch_it_is_one_line(run_process):
    done = run_process("score", CELLS[1], setup="sys.modules['torch'] = None")
    assert done.code == 2
    assert done.err == "proxyrank: score needs torch, which is not installed: pip install torch\n"


@pytest.mark.parametrize(
    ("source", "message", "cause"),
    [
        ("def make(:", "importing {name} fails (SyntaxError", "SyntaxError: invalid syntax"),
        (
            "raise ValueError('at import')",
            "importing {name} fails (ValueError: at import)",
            "ValueError: at import",
        ),
        (
            "def make(width): ...",
            "nothing could be computed: failed: TypeError: make() missing",
            "TypeError: make()",
        ),
    ],
)
def test_x23_a_broken_module_is_one_line_and_its_traceback_on_demand(
    run_process, tmp_path, source, message, cause
) -> None:
    (tmp_path / "broken_x23.py").write_text(source + "\n")
    move = f"import os; os.chdir({str(tmp_path)!r})"
    words = ("score", "--module", "broken_x23:make", "--proxies", "params", "--out", "na.csv")
    plain = run_process(*words, setup=move)
    assert plain.code == 2
    assert message.format(name="broken_x23") in plain.err
    assert "Traceback" not in plain.err
    assert not (tmp_path / "na.csv").exists()
    debug = run_process("--debug", *words, setup=move)
    assert debug.code == 2
    assert "Traceback" in debug.err
    assert cause in debug.err

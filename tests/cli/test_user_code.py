"""X23: whatever a user's module does is one line, and never ends the run of the others."""

from pathlib import Path
from typing import Any

import pytest

MODULES = """
import sys, time, torch
from torch import nn
print("imported")
def good(): print("built"); return nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
def leaves(): sys.exit("bye")
def hangs(): time.sleep(600)
def tensor(): return torch.zeros(3)
def needs(a): return good()
def endless(): return endless()
class Sleeping(nn.Module):
    def forward(self, x):
        while True:
            try: time.sleep(600)
            except Exception: pass
class Raising(nn.Module):
    def forward(self, x): raise KeyError("inside")
class Pair(nn.Module):
    def forward(self, x): return x, 1
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "x23mods.py").write_text(MODULES)
    (tmp_path / "x23broken.py").write_text("def make(:\n")
    (tmp_path / "x23leaves.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "x23waits.py").write_text("import time; time.sleep(600)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


BAD = {
    "x23mods:leaves": "SystemExit: bye",
    "x23mods:hangs": "building x23mods:hangs took longer than 1.5 s",
    "x23mods:tensor": "expected a torch.nn.Module, got Tensor",
    "x23mods:needs": "missing 1 required positional argument",
    "x23mods:endless": "RecursionError",
    "x23mods:Raising": "KeyError: 'inside'",
    "x23mods:nothing": "x23mods has no nothing",
    "x23broken:make": "importing x23broken fails (SyntaxError",
    "x23leaves:make": "importing x23leaves fails (SystemExit: 3)",
    "x23waits:make": "importing x23waits took longer than 1.5 s",
}


def test_x23_bad_modules_among_good_ones(run: Any, code: Path) -> None:
    words = [word for name in ("x23mods:good", *BAD) for word in ("--module", name)]
    found = run("score", *words, "--proxies", "flops", "--batch-size", 4, "--build-timeout", 1.5, "--json")
    assert found.code == 0, found.err
    values = {row["arch"]: row["flops"] for row in found.json["scores"]}
    assert values == {"x23mods:good": 30730.0, **dict.fromkeys(BAD)}
    reasons = found.json["status"]["flops"]
    for name, reason in BAD.items():
        assert reason in reasons[name], name


@pytest.mark.parametrize("name", BAD)
def test_x23_alone_it_is_one_line_and_nothing_is_written(run: Any, code: Path, name: str) -> None:
    words = ("--proxies", "flops", "--batch-size", 4, "--build-timeout", 1.5, "--out", code / "T.csv")
    found = run("score", "--module", name, *words)
    assert found.code == 2
    assert BAD[name] in found.err.splitlines()[-1].replace('"', "")
    assert "Traceback" not in found.err
    assert not (code / "T.csv").exists()


def test_x23_a_network_that_hangs_costs_its_own_values(run: Any, code: Path) -> None:
    (code / "rows.csv").write_text("arch,kind\na,good\nb,Sleeping\nc,good\n")
    (code / "maker.py").write_text(MODULES + "\ndef make(kind): return globals()[kind]()\n")
    limits = ("--batch-size", 4, "--build-timeout", 4, "--json")
    named = [w for name in ("x23mods:Sleeping", "x23mods:good") for w in ("--module", name)]
    found = run("score", *named, "--proxies", "flops", *limits)
    assert found.code == 0, found.err
    assert [row["flops"] for row in found.json["scores"]] == [None, 30730.0]
    assert found.json["status"]["flops"] == {"x23mods:Sleeping": "failed: scoring it took longer than 4 s"}
    table = ("--candidates", code / "rows.csv", "--build", f"{code / 'maker.py'}:make")
    built = run("features", *table, "--groups", "zcs", *limits, "--workers", 1, "--out", code / "T")
    assert built.code == 0, built.err
    assert built.json["missing"]["flops"] == {"failed: scoring it took longer than 4 s": 1}

"""The package as installed: complete, typed, with its data. CI runs this file on the wheel as well."""

import json
import os
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path

import pytest

import proxyrank

FOLDERS = (
    "common",
    "spaces",
    "features",
    "models",
    "evaluate",
    "train",
    "search",
    "paper",
    "report",
    "testing",
)
PACKAGES = (*FOLDERS, "cli")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_is_there_under_its_one_name(name: str) -> None:
    assert import_module(f"proxyrank.{name}").__name__ == f"proxyrank.{name}"


def test_it_is_the_wheel_where_the_wheel_is_meant() -> None:
    home = Path(proxyrank.__file__).resolve()
    wheel = os.environ.get("PROXYRANK_WHEEL")
    assert home.is_relative_to(Path(wheel).resolve()) if wheel else home.name == "__init__.py"
    assert (home.parent / "py.typed").is_file()
    assert metadata.version("proxyrank") == proxyrank.__version__


def test_demo_runs_on_what_the_package_ships(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "proxyrank.cli", "demo", "--out", str(tmp_path / "demo"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=170, check=True)
    reports = json.loads(done.stdout)
    assert all(0 < report["KT"] < 1 for report in reports.values())
    assert {path.name for path in (tmp_path / "demo").iterdir()} >= {"ranker", "ranks.csv", "ranking.png"}
    (stated,) = json.loads((tmp_path / "demo" / "ranker" / "ranker.json").read_text())["commands"]
    again = [sys.executable, "-m", "proxyrank.cli", *stated.split()[1:], "--out", str(tmp_path / "again")]
    subprocess.run(again, capture_output=True, cwd=tmp_path, timeout=170, check=True)
    for file in (tmp_path / "again").iterdir():
        assert file.read_bytes() == (tmp_path / "demo" / "ranker" / file.name).read_bytes(), file.name

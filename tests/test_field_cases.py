"""docs/field-cases.md names tests that exist, and each case once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "field-cases.md").read_text(encoding="utf-8")


def test_every_named_test_exists() -> None:
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "testing").glob("*.py")]
    known = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 100
    assert named <= known, sorted(named - known)


def test_e5_deprecation_warnings_are_errors(pytestconfig: pytest.Config) -> None:
    assert "error::DeprecationWarning" in pytestconfig.getini("filterwarnings")
    code = "import proxyrank; proxyrank.ProxyRanker; proxyrank.load_labels; proxyrank.score_network"
    subprocess.run([sys.executable, "-W", "error::DeprecationWarning", "-c", code], check=True)


def test_every_case_is_there_once_and_one_that_passes_names_a_test() -> None:
    rows = re.findall(
        r"^\| ([A-Z]\d+) \| (.*?) \| (\w[\w ]*) \| (.*?) ?\| (.*?) ?\| (.*?) ?\|$", PAGE, re.MULTILINE
    )
    ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids)) >= 90
    for name, _, result, tried, tests, remark in rows:
        if result == "pass":
            assert tried in {"command", "test"}, name
            assert tests, name
        else:
            assert result == "not run", name
            assert remark, name

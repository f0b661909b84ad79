"""docs/field-cases.md names tests that exist, and each case once."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "field-cases.md").read_text(encoding="utf-8")


def test_every_named_test_exists() -> None:
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "testing").glob("*.py")]
    known = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 100
    assert named <= known, sorted(named - known)


def test_every_case_is_there_once_and_a_state_test_names_one() -> None:
    rows = re.findall(r"^\| ([A-Z]\d+) \| (.*?) \| (\w[\w ]*) \| (.*?) \| (.*?) ?\|$", PAGE, re.MULTILINE)
    ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids)) >= 90
    for name, _, state, tests, remark in rows:
        assert state in {"command", "test", "passed", "not tried"}
        assert tests or remark, name

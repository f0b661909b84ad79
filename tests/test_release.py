"""One version, wherever it is stated."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="the source tree is not there")
def test_pyproject_citation_and_changelog_state_the_same_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text()
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert heads[0].split(":")[0] == version
    assert all(re.fullmatch(r"\d+\.\d+\.\d+: \d{4}-\d\d-\d\d", head) for head in heads)
    assert f"\nversion: {version}\n" in citation
    assert f"\ndate-released: {heads[0].split(': ')[1]}\n" in citation

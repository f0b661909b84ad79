"""Every option that the documentation names exists."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from proxyrank.cli import verbosity
from proxyrank.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = [ROOT / "pyproject.toml", *sorted((ROOT / "benchmarks").glob("*.py"))]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def _options(command: Any) -> set[str]:
    own = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    return own.union(*map(_options, getattr(command, "commands", {}).values()))


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Options of all commands, and those of benchmarks and tools that pages name with them."""
    others = {option for file in ELSEWHERE for option in OPTION.findall(file.read_text(encoding="utf-8"))}
    return _options(get_command(app)) | set(verbosity.WORDS) | {"--help"} | others


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_of_a_page_exist(page: Path, known: set[str]) -> None:
    assert set(OPTION.findall(page.read_text(encoding="utf-8"))) <= known

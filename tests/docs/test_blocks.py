"""Every block of the documentation that is marked `console` or `python` runs, page by page, in order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {
    str(page.relative_to(ROOT)): found
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if (found := BLOCK.findall(page.read_text(encoding="utf-8")))
}


def _commands(block: str) -> str:
    """What follows the prompts of a console block, with lines that a backslash continues."""
    return "\n".join(re.findall(r"^\$ (.*(?:(?<=\\)\n.*)*)", block, re.MULTILINE))


def test_commands_are_what_follows_the_prompts() -> None:
    assert _commands("$ a b \\\n    c\nprinted\n$ d  # why\n") == "a b \\\n    c\nd  # why"


def test_pages_have_blocks() -> None:
    assert len(PAGES) >= 8


@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs(page: str, tmp_path: Path) -> None:
    own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    for kind, text in PAGES[page]:
        command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-euc", _commands(text)]
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | own, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{page}:\n{text}\n{done.stderr}"

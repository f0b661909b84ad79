"""X29: a reader that has seen enough, such as ``head``, ends the command without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CELL = "(4, 0, 3, 1, 4, 3)"


def _command(*words: object) -> list[str]:
    return [sys.executable, "-m", "proxyrank", *map(str, words)]


@pytest.mark.parametrize("words", [("show", CELL), ("proxies", "--json")])
def test_x29_a_reader_that_is_gone_before_the_first_line(words: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(_command(*words), stdout=writes, stderr=subprocess.PIPE, text=True, timeout=300)
    finally:
        os.close(writes)
    assert done.stderr == ""
    assert done.returncode == 1


def test_x29_head_of_a_long_ranking(ranker: Path) -> None:
    words = _command("rank", ranker, "--unseen", "--json")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(100).startswith(b'[{"rank": 1, ')
        process.stdout.close()  # a megabyte is still to come, more than a pipe holds
        errors = process.stderr.read().decode()
    assert "Traceback" not in errors
    assert "Exception" not in errors
    assert process.returncode == 1

"""Run the command line as a user does, in a process of its own or in this one."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from proxyrank.cli import main
from proxyrank.common.seeds import derive_rng
from proxyrank.spaces import get_space


class Result:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The standard output as strict JSON."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"bare {name} in JSON"))


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call ``proxyrank ARGS`` in this process; exit code, output and errors come back."""

    def call(*args: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["proxyrank", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def run_process() -> Run:
    """Call ``proxyrank ARGS`` in a new process, after some Python ``setup``."""

    def call(*args: object, setup: str = "") -> Result:
        call = f"sys.argv[1:] = {list(map(str, args))!r}\nfrom proxyrank.cli import main; main()"
        code = f"import sys; {setup}\n{call}"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=900, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def labels_csv(tmp_path: Path) -> Path:
    """120 canonical cells with a label that the graph explains, in percent."""
    space = get_space("nb201")
    archs = space.sample(120, seed=4, population="filtered")
    rng = derive_rng("cli test labels")
    values = [
        40 + 7 * arch.count("nor_conv_3x3") + 3 * arch.count("nor_conv_1x1") + rng.normal(0, 0.5)
        for arch in archs
    ]
    path = tmp_path / "labels.csv"
    pd.DataFrame({"arch": archs, "acc": values}).to_csv(path, index=False)
    return path


@pytest.fixture
def ranker(run: Run, labels_csv: Path, tmp_path: Path) -> Path:
    """A ranker of 60 of those cells on path features."""
    out = tmp_path / "ranker"
    result = run(
        "train", "--labels", labels_csv, "--groups", "paths", "--population", "filtered",
        "--train-size", 60, "--seed", 1, "--out", out,
    )  # fmt: skip
    assert result.code == 0, result.err
    return out

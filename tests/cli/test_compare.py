"""``compare`` on the command line."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SMALL = ("--sizes", "24,48", "--seeds", 2, "--workers", 1)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fits run in this process: what spawned ones do is tested with the executors."""
    from proxyrank.common import executors

    monkeypatch.setattr(executors, "on_processes", lambda workers: executors.in_this_process)


def test_a_table_a_picture_and_what_is_enough(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "c"
    words = ("compare", "--labels", "smallnets", "--models", "lightgbm", *SMALL, "--out", out)
    result = run(*words)
    assert result.code == 0, result.err
    assert "config: " in result.out
    assert "24 labels" in result.out
    table = pd.read_csv(out / "table.csv")
    assert list(dict.fromkeys(table["ranking"])) == ["config", "flops", "params"]
    assert (out / "compare.png").read_bytes()[:4] == b"\x89PNG"
    again = run(*words, "--json").json
    assert {row["size"] for row in again["table"]} == {24, 48}
    assert again["reference"] in {"config", "flops", "params"}
    assert [row["ranking"] for row in again["enough"]] == ["config"]


def test_own_labels_of_a_table(run: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"width": range(1, 41), "acc": [(7 * i) % 41 + i for i in range(40)]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    words = (
        "--models",
        "lightgbm",
        "--sizes",
        12,
        "--seeds",
        2,
        "--by",
        "config_width",
        "--out",
        tmp_path / "c",
    )
    result = run("compare", "--labels", tmp_path / "t.csv", "--space", "table", "--label", "acc", *words)
    assert result.code == 0, result.err
    table = pd.read_csv(tmp_path / "c" / "table.csv")
    assert set(table["ranking"]) == {"config", "config_width"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sizes", "48,24"), "sizes must increase"),
        (("--sizes", "many"), "--sizes many: expected whole numbers"),
        (("--groups", "nonsense"), "nonsense"),
        (("--models", "nonsense"), "nonsense"),
        (("--metric", "kt"), "kt"),
        (("--by", "nonsense"), "nonsense"),
        (("--ranker", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(run: Any, tmp_path: Path, words: Any, said: str) -> None:
    result = run("compare", "--labels", "smallnets", "--out", tmp_path / "c", *words)
    assert result.code == 2
    assert said in result.err.splitlines()[-1]
    assert not (tmp_path / "c" / "compare.json").exists()

"""``explain`` as a user runs it."""

from pathlib import Path

import pandas as pd


def test_overall_and_one_cell(run, ranker: Path, tmp_path: Path) -> None:
    out, plot = tmp_path / "i.csv", tmp_path / "i.png"
    result = run("explain", ranker, "--out", out, "--plot", plot, "--top", 5)
    assert result.code == 0, result.err
    assert plot.read_bytes()[:4] == b"\x89PNG"
    assert list(pd.read_csv(out).columns) == ["feature", "group", "importance", "share"]
    found = run("explain", ranker, "--arch", "(2, 2, 2, 2, 2, 2)", "--top", 5, "--json").json
    total = sum(row["contribution"] for row in found["features"]) + found["other features"]
    assert abs(found["base value"] + total - found["explained score"]) < 1e-9
    assert run("explain", ranker, "--arch", "(2, 2, 2, 2, 2, 2)").code == 0
    assert run("explain", ranker, "--arch", "(9, 2, 2, 2, 2, 2)").code == 2

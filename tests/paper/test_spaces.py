"""The table of search spaces: what is measured, kept and said where a file is missing."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import evaluate_scores
from proxyrank.models.estimators.lightgbm import SEARCHED_THRESHOLDS
from proxyrank.paper.spaces import LINES, Line, lines, measure, reproduce_spaces, table
from proxyrank.paper.spaces.measure import PREDICTORS, make_part, read_line
from proxyrank.paper.spaces.onehot import CHOICES, one_hot
from proxyrank.spaces import get_space
from proxyrank.train.fit import FitPlan, fit_ranker

LINE = Line(
    "macro", "Macro", "nb-macro", "macro.csv", "acc", [12, 20], drawn=40, published={"X": [None, 0.5]}
)
CHEAP = {name: PREDICTORS[name] for name in ("FLOPs", "one-hot, LightGBM")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Sixty labels, more than are drawn, and one line that reads them."""
    monkeypatch.setattr(table, "LINES", {"macro": LINE})
    monkeypatch.setattr(table, "PREDICTORS", CHEAP)
    archs = get_space("nb-macro").sample(60, seed=1)
    labels = [sum(map(int, arch)) + 0.1 * int(arch[0]) for arch in archs]
    pd.DataFrame({"arch": archs, "acc": labels}).to_csv(tmp_path / "macro.csv", index=False)
    return tmp_path


def test_lines_agree_with_their_spaces() -> None:
    for line in LINES.values():
        assert all(len(own) == len(line.sizes) for own in line.published.values())
        assert line.space in CHOICES
        assert get_space(line.space).name == line.space
    assert lines.FILE.name == "spaces.json"


def test_numbers_are_those_of_a_judgement_and_are_kept(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    out = tmp_path / "out"
    result = reproduce_spaces(folder, out, seeds=(1, 2), sizes=(20,), on_part=told.append)
    assert len(told) == 4
    cells = {(cell.row, cell.dataset, cell.metric): cell for cell in result.cells}
    labels = read_line(LINE, folder)
    assert len(labels.values) == 40
    found = []
    for seed in (1, 2):
        part = make_part(labels, LINE, 20, seed, dict, 1)
        scores = PREDICTORS["FLOPs"](part)
        assert set(scores.index) == set(labels.values.index) - set(part.train)
        assert len(part.train) == 20
        report = evaluate_scores(scores, labels.subset(scores.index))
        found.append(report.metrics)
    for metric in ("KT", "SPR", "nDCG", "regret@10"):
        cell = cells["Macro, 20", "FLOPs", metric]
        values = [one[metric].value for one in found]
        assert cell.ours == pytest.approx(np.mean(values))
        assert cell.std == pytest.approx(np.std(values, ddof=1))
        assert (cell.n, cell.seeds) == (20, 2)
    assert cells["Macro, 20", "X", "KT"].published == 0.5
    assert "Macro, 20" in (out / "spaces.md").read_text()
    again = reproduce_spaces(folder, out, seeds=(1, 2), sizes=(20,), on_part=told.append)
    assert len(told) == 4
    assert again == result
    frame = pd.read_csv(folder / "macro.csv", dtype={"arch": str})
    frame.assign(acc=frame["acc"] + 1).to_csv(folder / "macro.csv", index=False)
    reproduce_spaces(folder, out, seeds=(1,), sizes=(20,), on_part=told.append)
    assert len(told) == 6  # other labels, so nothing that was kept counts


def test_ours_is_what_train_fits(folder: Path) -> None:
    labels = read_line(LINE, folder)
    features = measure.line_features(labels, LINE)
    part = make_part(labels, LINE, 12, 1, lambda: features, 1)
    own = PREDICTORS["default groups, LightGBM"](part)
    plan = FitPlan(("blocks", "sizes"), model="lightgbm", params=SEARCHED_THRESHOLDS, train_size=12, seed=1)
    ranked = fit_ranker(part.space, labels, plan).rank(part.others).set_index("arch")["score"]
    pd.testing.assert_series_equal(own.sort_index(), ranked.sort_index(), check_names=False)


def test_a_missing_file_is_a_row_with_the_reason(folder: Path, tmp_path: Path) -> None:
    (folder / "macro.csv").unlink()
    result = reproduce_spaces(folder, tmp_path / "out", seeds=(1,))
    ours = [cell for cell in result.cells if cell.dataset == "FLOPs"]
    assert all(cell.ours is None and "macro.csv" in cell.note for cell in ours)
    assert "no such file" in (tmp_path / "out" / "spaces.md").read_text()


def test_one_column_per_choice_and_place() -> None:
    rows = one_hot("tnb101-micro", ["(0, 1, 2, 3, 0, 0)", "(0, 1, 2, 3, 0, 1)"])
    assert rows.tolist() == [[1] * 6 + [0], [1] * 5 + [0, 1]]
    assert len(CHOICES["mbconv"](get_space("mbconv").sample(1, seed=0)[0])) == 28
    assert len(CHOICES["darts"](get_space("darts").sample(1, seed=0)[0])) == 32
    nb101 = CHOICES["nb101"]("011/001:0")
    assert nb101 == {1: "0", (0, 1): "1", (0, -1): "1", (1, -1): "1"}


def test_bad_input(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProxyrankError, match="unknown line of the table of spaces 'macros'"):
        reproduce_spaces(folder, tmp_path / "out", only="macros")


def test_as_json_of_the_file(folder: Path, tmp_path: Path) -> None:
    result = reproduce_spaces(folder, tmp_path / "out", seeds=(1,), sizes=(12,))
    kept = json.loads((tmp_path / "out" / "spaces.json").read_text())["result"]
    assert kept["cells"][0]["ours"] == result.cells[0].ours

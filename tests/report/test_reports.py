"""Every kind of folder has its page, and a real browser draws it without an error, wide and narrow."""

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from proxyrank.common.commands import add_command
from proxyrank.common.errors import ProxyrankError
from proxyrank.common.executors import in_this_process
from proxyrank.common.files import write_json
from proxyrank.evaluate import Labels, load_labels
from proxyrank.features import FeatureSettings
from proxyrank.paper.result import Cell, Result
from proxyrank.report import write_report
from proxyrank.report.ranker import Beside
from proxyrank.search.evolution.folder import search_in_folder
from proxyrank.search.evolution.measures import Measures
from proxyrank.spaces import get_space
from proxyrank.train.compare import ComparePlan, learnt_rankings, make_comparison, write_comparison
from proxyrank.train.digits.benchmarks import BENCHMARKS
from proxyrank.train.fit import FitPlan, fit_ranker
from proxyrank.train.study import StudyPlan
from proxyrank.train.tuned import study_in_folder

SPACE = get_space("smallnets")
SHOTS = os.environ.get("PROXYRANK_SCREENSHOTS")
"""Folder where the browser's pictures are kept; those of a test run are thrown away."""
PICTURES = {"ranker": 6, "compare": 1, "search": 2, "reproduce": 1, "study": 3}
"""Pictures on each page."""


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(BENCHMARKS["smallnets"].table, space=SPACE, label="accuracy")


@pytest.fixture(scope="module")
def pages(labels: Labels, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One page of each kind."""
    root = tmp_path_factory.mktemp("reports")
    few = {"n_estimators": 40}
    plan = FitPlan(("config",), model="lightgbm", params=few, train_size=80, seed=1, intervals=True)
    ranker = fit_ranker(SPACE, labels, plan)
    ranker.save(root / "ranker")
    repeats = pd.read_parquet(BENCHMARKS["smallnets"].table).filter(regex="^accuracy_seed")
    beside = Beside(labels, repeats, None, ["proxyrank report ranker"])
    found = {"ranker": write_report(root / "ranker", ranker=ranker, beside=beside)}
    found["bare"] = write_report(root / "ranker", root / "bare.html")
    how = ComparePlan(learnt_rankings(SPACE, ["config"], ["lightgbm"]), sizes=(24, 48), seeds=(0, 1))
    comparison = make_comparison(SPACE, labels, how, executor=in_this_process, out=root / "compared")
    write_comparison(comparison, root / "compared", space="smallnets", command="proxyrank compare")
    found["compare"] = write_report(root / "compared")
    found["reproduce"] = write_report(_reproduced(root / "paper"))
    found["search"] = write_report(_searched(root / "found"))
    folds = StudyPlan(3, ("KT", "nDCG"), folds=2, repeats=1, params={"n_estimators": 20})
    study_in_folder(SPACE, labels, FitPlan(("config",), train_size=40), folds, root / "study")
    found["study"] = write_report(root / "study")
    return found


def _searched(folder: Path) -> Path:
    space = get_space("nb201")
    search_in_folder(
        space, ("-flops",), folder, measures=Measures("nb201", "cifar10", {}), settings=FeatureSettings(),
        executor=in_this_process, iterations=60, population=16,
    )  # fmt: skip
    add_command(folder, "proxyrank search --objective -flops")
    return folder


def _reproduced(folder: Path) -> Path:
    folder.mkdir()
    cells = [Cell("vkdnw", "cifar10", "KT", 0.61, 0.01, 0.618, n=100), Cell("flops", "cifar10", "KT", 0.5)]
    result = Result("table1", "Rankings", cells, ["a note"])
    write_json({"settings": {}, "result": result.to_dict()}, folder / "table1.json")
    write_json({"bench": "nb201"}, folder / "bench.json")
    add_command(folder, "proxyrank reproduce table1")
    return folder


def titles(page: Path) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", page.read_text(encoding="utf-8"))


def test_a_ranker_with_labels_has_all_sections(pages: dict[str, Path]) -> None:
    assert titles(pages["ranker"]) == [
        "Metrics", "Predicted against true rank", "Prediction intervals", "The best 50", "What it goes by",
        "Cost beside accuracy", "Settings and versions", "Commands",
    ]  # fmt: skip
    text = pages["ranker"].read_text(encoding="utf-8")
    assert "ceiling" in text
    assert "depth=" in text
    assert pages["ranker"].name == "ranker-report.html"  # beside the folder, whose bytes stay


def test_without_labels_what_needs_them_is_left_out(pages: dict[str, Path]) -> None:
    assert "Metrics" not in titles(pages["bare"])
    assert "What it goes by" in titles(pages["bare"])
    assert "ceiling" not in re.sub(r"<script.*?</script>", "", pages["bare"].read_text(), flags=re.S)


def test_a_comparison_and_reproduced_tables(pages: dict[str, Path]) -> None:
    assert titles(pages["compare"]) == [
        "Learning curves", "How many labels are enough", "All measures", "Settings and versions", "Commands",
    ]  # fmt: skip
    assert titles(pages["reproduce"]) == ["What was reproduced", "table1: Rankings", "Settings", "Commands"]
    assert "proxyrank reproduce table1 --out paper\n" in pages["reproduce"].read_text(encoding="utf-8")


def test_a_search(pages: dict[str, Path]) -> None:
    assert titles(pages["search"]) == [
        "History of the score", "Cost beside the score", "The best", "The front", "Settings", "Commands",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["spaces", "search"])
def test_tables_that_are_not_the_papers(pages: dict[str, Path], tmp_path: Path, name: str) -> None:
    result = Result(name, "Regret", [Cell("random", "cifar10", "regret@32", 0.61, 0.01)])
    write_json({"result": result.to_dict()}, tmp_path / f"{name}.json")
    assert titles(write_report(tmp_path)) == [f"{name}: Regret"]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProxyrankError, match="expected the folder of a ranker"):
        write_report(tmp_path)


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_a_browser_draws_it(
    pages: dict[str, Path], browser: Any, tmp_path: Path, kind: str, width: int, dark: bool
) -> None:
    folder = Path(SHOTS) if SHOTS else tmp_path
    picture = folder / f"report-{kind}-{width}.png"
    seen = browser.look(pages[kind], width, picture=picture, dark=dark)
    assert seen["wrong"] == []
    assert seen["asked"] == []  # nothing from any network
    assert seen["inner"] == width
    assert seen["scrolls"] <= width  # only tables scroll, inside their own box
    assert len(seen["plots"]) == PICTURES[kind]
    for plot in seen["plots"]:
        assert plot["marks"] > 0
        assert plot["height"] > 100
        assert width / 2 < plot["width"] <= width
    light = int(re.findall(r"\d+", seen["page"])[0]) > 128
    assert light is not dark
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_tables_sort_by_the_column_whose_head_is_pressed(
    pages: dict[str, Path], browser: Any, tmp_path: Path
) -> None:
    browser.look(pages["compare"], 1280, picture=tmp_path / "a.png")
    press = """(() => {
      const table = [...document.querySelectorAll("table")].find(t => t.textContent.includes("nDCG"))
      const heads = [...table.tHead.rows[0].cells], at = heads.findIndex(h => h.textContent === "KT")
      heads[at].querySelector("button").click()
      const values = [...table.tBodies[0].rows].map(row => Number(row.cells[at].dataset.value))
      return [heads[at].getAttribute("aria-sort"), values]
    })()"""
    order, values = browser.evaluate(press)
    assert (order, values) == ("descending", sorted(values, reverse=True))
    order, values = browser.evaluate(press)
    assert (order, values) == ("ascending", sorted(values))

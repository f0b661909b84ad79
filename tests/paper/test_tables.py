"""The paper's tables: every row, published numbers beside ours, forms, resuming; on digits too."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureSettings
from proxyrank.paper import TABLES, Bench, digits_bench, nb201_bench, reproduce
from proxyrank.paper.fim import fim_cells, fim_notes
from proxyrank.paper.judging import paper_metrics
from proxyrank.paper.published import published, published_tables
from proxyrank.paper.rankings import model_cells, training_free_cells
from proxyrank.paper.reasons import why, why_spectrum
from proxyrank.paper.render import to_latex, to_markdown
from proxyrank.paper.result import Cell, Result
from proxyrank.paper.rows import MODEL_DRIVEN, TRAINING_FREE, ModelDriven
from proxyrank.paper.run import verdicts
from proxyrank.paper.tables import ranking_tables, table10

DATASETS = ("cifar10", "ImageNet16-120")


@pytest.fixture(scope="module")
def digits() -> Bench:
    return digits_bench(seeds=(1,), cells=12)


@pytest.fixture(scope="module")
def nb201(data_folder) -> Bench:
    return nb201_bench(str(data_folder / "nb201_accuracy.csv"), seeds=(1,))


def test_published_numbers_are_a_copy(reference_folder):
    assert published_tables() == json.loads((reference_folder / "published.json").read_text())
    assert published("table1_filtered_9445", "flops", "cifar10")["KT"] == 0.623
    assert published("table1_filtered_9445", None, "cifar10") == {}


@pytest.mark.parametrize("table", ["table1_filtered_9445", "table6_all_15625"])
def test_every_published_row_has_ours(table):
    ours = {row.published for row in (*TRAINING_FREE, *MODEL_DRIVEN)} - {None}
    assert ours == set(published_tables()[table])
    fisher = [row.name for row in TRAINING_FREE if "fisher" in row.name]
    assert fisher == ["vkdnw_single (fisher)", "vkdnw_agg (fisher)"]


def test_metrics_are_those_of_the_protocol():
    rng = np.random.default_rng(0)
    labels = pd.Series(rng.uniform(60, 94, 1500).round(2), index=[f"a{i:04d}" for i in range(1500)])
    scores = (labels + rng.normal(0, 5, 1500)).round(0)
    found = paper_metrics(scores, labels)
    gains = (2 ** labels.to_numpy() - 1) / (2 ** labels.max() - 1)
    expected = ndcg_score(gains[None], scores.to_numpy()[None], k=1000, ignore_ties=True)
    assert found["nDCG"] == pytest.approx(expected)
    assert found["KT"] == pytest.approx(scores.corr(labels, method="kendall"))
    assert found["SPR"] == pytest.approx(scores.corr(labels, method="spearman"))
    gaps = scores.astype(float)
    gaps.iloc[:700] = np.nan
    low = scores.astype(float)
    low.iloc[:700] = -1e9
    assert paper_metrics(gaps, labels) == paper_metrics(low, labels)  # missing values rank last


def test_flops_and_dim_rows_are_the_published_ones(nb201):
    sizes = [row for row in TRAINING_FREE if row.sizes_only]
    for population, table in (("filtered", "table1_filtered_9445"), ("all", "table6_all_15625")):
        for cell in training_free_cells(nb201, sizes, population, table):
            if cell.metric in ("KT", "SPR"):
                assert cell.difference == pytest.approx(0.0, abs=0.005), cell


def test_learnt_rows_go_on_where_they_stopped(digits, tmp_path):
    rows = [
        ModelDriven("graf, forest", "graf_m", ("graf",), "forest"),
        ModelDriven("graf, lightgbm", "graf_m", ("graf",), "lightgbm"),
    ]
    fitted: list[str] = []
    options = {"population": "filtered", "table": "table1_filtered_9445", "parts": tmp_path}
    first = list(model_cells(digits, rows, **options, on_part=fitted.append))
    assert len(fitted) == 2
    assert list(model_cells(digits, rows, **options, on_part=fitted.append)) == first
    assert len(fitted) == 2
    taus = {cell.row: cell.ours for cell in first if cell.metric == "KT"}
    assert all(0.5 < value < 0.9 for value in taus.values())
    assert {cell.published for cell in first} == {None}  # the paper knows no digits


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_runs_on_digits(name, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(ranking_tables, "MODEL_DRIVEN", MODEL_DRIVEN[1:2])
    result = reproduce(name, digits, tmp_path / "out")
    assert result.cells
    assert all(cell.ours is not None for cell in result.cells if cell.row != "te_nas"), name
    for suffix in (".csv", ".md", ".tex", ".json"):
        assert (tmp_path / "out" / f"{name}{suffix}").stat().st_size > 50
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert f"<h2>{name}: " in page
    assert "<h3>reproduced: " in page
    assert page.count("data:image/png;base64,") == len(result.pictures)
    for picture in result.pictures:
        assert (tmp_path / "out" / picture).read_bytes()[:4] == b"\x89PNG"
    again = reproduce(name, digits, tmp_path / "out")
    assert again == result


def test_table10_has_all_subsets_and_the_published_best_one(nb201, tmp_path):
    result = table10.make(nb201, tmp_path)
    assert {cell.row for cell in result.cells} == set(published_tables()[table10.PUBLISHED])
    assert len({cell.row for cell in result.cells}) == 31
    assert all(cell.published is not None for cell in result.cells if cell.metric == "KT")
    taus = {cell.row: cell.ours for cell in result.cells if cell.metric == "KT"}
    best = max(taus, key=taus.get)
    assert best == "VJETF"
    assert taus[best] == pytest.approx(0.743, abs=0.01)
    assert f"best subset by KT: {best} ({taus[best]:.3f}); all five: {taus['VJETF']:.3f}" in result.notes
    assert "published best: VJETF (0.743)" in result.notes
    assert "noise, batch 64: expressivity, progressivity, trainability" in result.notes[0]
    assert "pink, batch 64: jacov, gradsign, zico, snip, grasp, epe_nas" in result.notes[0]
    notes = {cell.row: cell.note for cell in result.cells}
    assert notes["JE"] == ""
    assert notes["VTF"].startswith("vkdnw_single: batch 8")
    assert notes["EF"] == ""


def test_ndcg_of_a_subset_of_cells_is_not_compared(digits, tmp_path):
    cells = list(fim_cells(digits, {"8": {"fisher_tensors": 8}}, {}, tmp_path))
    every = len(digits.labelled("digits", "filtered"))
    assert {(cell.metric, cell.n, cell.of) for cell in cells} == {
        ("KT", 12, 0),
        ("SPR", 12, 0),
        ("nDCG", 12, every),
    }
    assert len(fim_notes(digits, cells)) == 2


def test_reasons_name_what_they_hold_for():
    assert why(["az_nas"]).startswith("trainability: batch 8")
    assert why(["az_nas"], {"trainability": FeatureSettings(batch_size=64)}) == ""
    large = {"trainability": FeatureSettings(batch_size=64)}
    assert why(["az_nas"], {**large, "least_component": FeatureSettings()}).startswith(
        "az_nas: all networks of"
    )
    batch, jacov = why(["vkdnw_agg"]).split("; ")
    assert batch.startswith("vkdnw_single, trainability: batch 8")
    assert jacov.startswith("jacov: white noise")
    assert why(["jacov"], {"jacov": FeatureSettings(input="pink")}) == ""


def test_a_spectrum_that_is_mostly_zero_is_a_reason(nb201):
    """CIFAR-10 has 10 classes, ImageNet16-120 has 120: the rank of the Fisher matrix at batch 8.

    The cells without dead operations have theirs of 64 images.
    """
    parts = (("cifar10", "all"), ("cifar10", "filtered"), ("ImageNet16-120", "filtered"))
    batch_8, *others = (nb201.features(name, nb201.covered(name, part)) for name, part in parts)
    assert why_spectrum(batch_8) == "the third decile of the spectrum is zero for 83% of the cells"
    assert [why_spectrum(frame) for frame in others] == ["", ""]


def test_a_learnt_row_takes_the_batch_of_the_paper_where_all_it_reads_has_it(nb201):
    filtered, every = (nb201.covered("cifar10", part, ["vkdnw"]) for part in ("filtered", "all"))
    assert nb201.choices("cifar10", filtered, ("vkdnw",)) == {"batch_size": 64}
    assert nb201.choices("cifar10", filtered, ("vkdnw", "graf")) == {"batch_size": 64}
    assert nb201.choices("cifar10", filtered, ("vkdnw", "zcs")) == {}  # of 64 images only some of zcs
    assert nb201.choices("cifar10", every, ("vkdnw",)) == {}
    assert nb201.choices("cifar10", filtered, ("graf",)) == {}
    white = replace(nb201, input="noise")
    assert white.choices("cifar10", filtered, ("vkdnw",)) == {"input": "noise", "batch_size": 64}


def test_rows_on_part_of_a_population_are_not_called_reproduced(nb201, monkeypatch):
    row = [row for row in TRAINING_FREE if row.name == "snip"]
    bench = replace(nb201, labels={"cifar10": nb201.labels["cifar10"]})  # its features are shipped
    whole = list(training_free_cells(bench, row, "all", "table6_all_15625"))
    assert {cell.of for cell in whole} == {0}
    monkeypatch.setattr(
        Bench, "covered", lambda bench, dataset, *_: bench.labelled(dataset, "filtered")[:500]
    )
    cells = list(training_free_cells(bench, row, "all", "table6_all_15625"))
    known = [cell for cell in cells if cell.metric == "KT"]
    assert {(cell.n, cell.of) for cell in known} == {(500, 15625)}
    found = verdicts([Result("table6", "", known)])
    assert len(found["on other cells"]) == len(known) == 1
    assert not found["reproduced"]


def test_a_folder_keeps_to_its_labels(digits, tmp_path):
    reproduce("toy", digits, tmp_path / "out")
    flipped = replace(digits.labels["digits"], values=100 - digits.labels["digits"].values)
    other = replace(digits, labels={"digits": flipped})
    with pytest.raises(ProxyrankError, match=r"other labels \(see bench.json\)"):
        reproduce("toy", other, tmp_path / "out")


def test_noise_is_named_for_what_it_is():
    seeds = Cell("a", "cifar10", "KT", 0.70, 0.05, published=0.75, seeds=5)
    cells = Cell("a", "cifar10", "KT", 0.70, 0.05, published=0.75)
    assert seeds.verdict == "inside seed noise"
    assert cells.verdict == "inside two standard errors"
    result = Result("t", "", [seeds], ["a note"])
    assert "0.700 ± 0.050 (0.750)" in to_markdown(result)
    assert r"0.700 $\pm$ 0.050 (0.750)" in to_latex(result)


def test_verdicts_say_why():
    cells = [
        Cell("a", "cifar10", "KT", 0.70, published=0.71),
        Cell("b", "cifar10", "KT", 0.60, published=0.71, note="batch 8"),
        Cell("c", "cifar10", "KT", 0.80, published=0.71),
        Cell("d", "cifar10", "KT", None, published=0.71, note="no feature table"),
        Cell("e", "cifar10", "KT", 0.80),
        Cell("f", "cifar10", "KT", 0.68, 0.02, published=0.71, note="standard error over cells"),
    ]
    found = verdicts([Result("t", "", cells)])
    assert {kind: len(rows) for kind, rows in found.items()} == {
        "reproduced": 1,
        "better": 1,
        "differs": 2,
        "on other cells": 0,
        "missing": 1,
    }
    assert found["differs"] == [
        "t b cifar10 -0.110: batch 8",
        "t f cifar10 -0.030: inside two standard errors; standard error over cells",
    ]
    assert "no feature table" in found["missing"][0]


def test_unknown_table(digits, tmp_path: Path):
    with pytest.raises(ProxyrankError, match="unknown table 'table2'; nearest: table[0-9]*; known: table1"):
        reproduce("table2", digits, tmp_path)

"""The shipped benchmarks: seeded, resumable, extendable."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from proxyrank.common.errors import TableError
from proxyrank.spaces import ConfigSpace, get_space, require
from proxyrank.train.digits.benchmarks import BENCHMARKS, DigitsSettings
from proxyrank.train.digits.build import build_benchmark, trained_rows
from proxyrank.train.digits.training import digits_tensors, train_arch

QUICK = DigitsSettings(epochs=1)
DIGITS = BENCHMARKS["digits"]


def test_same_seed_same_accuracy_and_global_generator_untouched() -> None:
    arch = get_space("nb201").parse((3, 1, 3, 1, 1, 3))  # leaves chance level in one epoch, whatever the seed
    before = torch.random.get_rng_state()
    first = train_arch(DIGITS, arch, 0, QUICK)
    assert train_arch(DIGITS, arch, 1, QUICK) != first == train_arch(DIGITS, arch, 0, QUICK)
    assert torch.equal(before, torch.random.get_rng_state())
    assert 0 <= first <= 100


def test_images_are_standardised_split_and_noisy() -> None:
    x_train, y_train, x_test, y_test = digits_tensors(DigitsSettings())
    assert x_train.shape == (800, 3, 8, 8)
    assert x_test.shape == (997, 3, 8, 8)
    assert len(y_train) == 800
    assert len(y_test) == 997
    assert torch.equal(x_train[:, 0], x_train[:, 2])
    # unit variance of the image plus unit variance of the noise
    assert x_train.var().item() == pytest.approx(2.0, abs=0.05)


def test_longer_table_holds_the_shorter_and_resumes(tmp_path: Path) -> None:
    short = build_benchmark(DIGITS, tmp_path / "t.parquet", count=2, seeds=1, settings=QUICK)
    long = build_benchmark(DIGITS, tmp_path / "t.parquet", count=3, seeds=1, settings=QUICK)
    assert len(long) == 3
    assert set(short["arch"]) < set(long["arch"])
    at_once = tmp_path / "u.parquet"
    build_benchmark(DIGITS, at_once, count=3, seeds=1, workers=2, settings=QUICK)
    assert at_once.read_bytes() == (tmp_path / "t.parquet").read_bytes()
    provenance = json.loads((tmp_path / "t.json").read_text())
    assert provenance["cells"] == 3
    assert provenance["settings"]["epochs"] == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.json", "t.parquet", "u.json", "u.parquet"]


def test_other_settings_are_refused(tmp_path: Path) -> None:
    build_benchmark(DIGITS, tmp_path / "t.parquet", count=1, seeds=1, settings=QUICK)
    with pytest.raises(TableError, match="states other settings"):
        build_benchmark(DIGITS, tmp_path / "t.parquet", count=1, seeds=2, settings=QUICK)


def test_long_gradients_are_cut() -> None:
    arch = get_space("nb201").parse((3, 1, 3, 1, 1, 3))
    free = train_arch(DIGITS, arch, 0, QUICK)
    assert train_arch(DIGITS, arch, 0, replace(QUICK, clip=1e6)) == free  # none is that long
    assert train_arch(DIGITS, arch, 0, replace(QUICK, clip=1e-9)) < free  # nothing is learnt


def test_mean_over_seeds() -> None:
    rows = trained_rows([get_space("nb201").parse((0,) * 6)], benchmark=DIGITS, seeds=2, settings=QUICK)
    pd.testing.assert_series_equal(
        rows["digits"], (rows["digits_seed0"] + rows["digits_seed1"]) / 2, check_names=False
    )


def test_networks_of_options_state_them(tmp_path: Path) -> None:
    benchmark = BENCHMARKS["smallnets"]
    quick = replace(benchmark.settings, epochs=1)
    table = build_benchmark(benchmark, tmp_path / "t.parquet", count=2, seeds=2, settings=quick)
    space = get_space("smallnets")
    assert isinstance(space, ConfigSpace)
    assert list(table.columns) == ["arch", *space.options, "accuracy", "accuracy_seed0", "accuracy_seed1"]
    assert [space.parse(row) for row in table[list(space.options)].to_dict("records")] == list(table["arch"])
    assert json.loads((tmp_path / "t.json").read_text())["networks"] == 2


@pytest.mark.parametrize("name", BENCHMARKS)
def test_shipped_table_is_what_its_command_would_build(name: str) -> None:
    benchmark = BENCHMARKS[name]
    table = pd.read_parquet(benchmark.table)
    provenance = json.loads(benchmark.table.with_suffix(".json").read_text())
    assert provenance["settings"] == benchmark.settings.stated
    assert provenance["network"] == benchmark.network
    assert len(table) == provenance[benchmark.members]
    space = require(get_space(benchmark.space), "sample", name)
    assert set(table["arch"]) == set(space.sample(len(table), seed=0, population=benchmark.population))
    first, second = (table[f"{benchmark.label}_seed{seed}"] for seed in (0, 1))
    assert table[benchmark.label].to_numpy() == pytest.approx((first + second).to_numpy() / 2)


def test_smallnets_labels_tell_networks_apart() -> None:
    table = pd.read_parquet(BENCHMARKS["smallnets"].table)
    assert len(table) == 432
    assert table["accuracy"].min() < 35
    assert table["accuracy"].max() > 88
    assert table["accuracy_seed0"].corr(table["accuracy_seed1"], method="kendall") > 0.8

"""The digits benchmark: seeded, resumable, extendable."""

import json
from pathlib import Path

import pandas as pd
import pytest
import torch

from proxyrank.common.errors import TableError
from proxyrank.spaces import get_space
from proxyrank.train.digits.build import build_digits, digits_rows
from proxyrank.train.digits.training import DigitsSettings, digits_tensors, train_cell

QUICK = DigitsSettings(epochs=1)


def test_same_seed_same_accuracy_and_global_generator_untouched() -> None:
    arch = get_space("nb201").parse((3, 1, 3, 1, 1, 3))  # leaves chance level in one epoch, whatever the seed
    before = torch.random.get_rng_state()
    first = train_cell(arch, 0, QUICK)
    assert train_cell(arch, 1, QUICK) != first == train_cell(arch, 0, QUICK)
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
    short = build_digits(tmp_path / "t.parquet", cells=2, seeds=1, settings=QUICK)
    long = build_digits(tmp_path / "t.parquet", cells=3, seeds=1, settings=QUICK)
    assert len(long) == 3
    assert set(short["arch"]) < set(long["arch"])
    at_once = tmp_path / "u.parquet"
    build_digits(at_once, cells=3, seeds=1, workers=2, settings=QUICK)
    assert at_once.read_bytes() == (tmp_path / "t.parquet").read_bytes()
    provenance = json.loads((tmp_path / "t.json").read_text())
    assert provenance["cells"] == 3
    assert provenance["settings"]["epochs"] == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.json", "t.parquet", "u.json", "u.parquet"]


def test_other_settings_are_refused(tmp_path: Path) -> None:
    build_digits(tmp_path / "t.parquet", cells=1, seeds=1, settings=QUICK)
    with pytest.raises(TableError, match="states other settings"):
        build_digits(tmp_path / "t.parquet", cells=1, seeds=2, settings=QUICK)


def test_mean_over_seeds() -> None:
    rows = digits_rows([get_space("nb201").parse((0,) * 6)], seeds=2, settings=QUICK)
    pd.testing.assert_series_equal(
        rows["digits"], (rows["digits_seed0"] + rows["digits_seed1"]) / 2, check_names=False
    )

"""Prediction intervals: the literal quantile, coverage on data of known spread, storage, refusals."""

import math

import numpy as np
import pytest

from proxyrank.models import ProxyRanker
from proxyrank.models.conformal import LEAST_ROWS, LEVEL, fit_intervals
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and labels in percent; the lower, the noisier."""
    rng = np.random.default_rng(seed)
    predicted = rng.uniform(40.0, 94.0, n)
    return predicted, np.clip(predicted + (95.0 - predicted) / 6.0 * rng.standard_normal(n), 0.0, 100.0)


def test_ends_are_the_finite_sample_quantiles_of_the_ratios():
    predicted, labels = draw(25, 0)  # one bin: the ratio is the residual over its mean size
    found = fit_intervals(predicted, labels)
    logit = lambda y: np.log(y / (100 - y))  # noqa: E731
    residuals = logit(labels) - logit(predicted)
    ratios = np.sort(residuals / np.abs(residuals).mean())
    rank = math.ceil((1 + LEVEL) / 2 * 26)
    assert rank == 25
    assert found.high == pytest.approx(ratios[rank - 1])
    assert found.low == pytest.approx(ratios[25 - rank])


@pytest.mark.parametrize("n", [60, 1000])
def test_coverage_where_the_spread_follows_the_prediction(n):
    inside, widths = [], []
    for seed in range(20):
        found = fit_intervals(*draw(n, seed))
        predicted, labels = draw(2000, 1000 + seed)
        low, high = found.bounds(predicted)
        inside.append(((low <= labels) & (labels <= high)).mean())
        widths.append(high - low)
    # 20 draws of n residuals: the mean coverage is known to about .006 at n = 60
    assert LEVEL - 0.02 < np.mean(inside) < LEVEL + 0.05
    predicted, _ = draw(2000, 1019)
    assert widths[-1][predicted < 55].mean() > 2 * widths[-1][predicted > 85].mean()


def test_intervals_of_a_ranker_are_kept_and_depend_on_the_prediction_only(tmp_path):
    archs = SPACE.sample(60, seed=1, population="filtered")
    labels = [90 - 3 * arch.count("none") - 2 * arch.count("pool") for arch in archs]
    ranker = ProxyRanker(groups="paths", intervals=True).fit(archs, labels)
    whole = ranker.rank(SPACE.sample(50, seed=2)).set_index("arch")
    assert (whole["low"] <= whole["predicted"]).all()
    assert (whole["predicted"] <= whole["high"]).all()
    ranker.save(tmp_path / "r")
    again = ProxyRanker.load(tmp_path / "r").rank(list(whole.index[:5])).set_index("arch")
    assert (again[["low", "high"]] == whole.loc[again.index, ["low", "high"]]).all().all()


def test_few_labels_have_none_and_it_is_said():
    archs = SPACE.sample(LEAST_ROWS - 1, seed=1)
    ranker = ProxyRanker(groups="paths", intervals=True).fit(archs, np.linspace(60, 90, LEAST_ROWS - 1))
    assert ranker.card.intervals is None
    assert "at least 20 labels" in ranker.card.notes[-1]
    assert "low" not in ranker.rank(archs)


def test_unitless_scores_have_none():
    archs = SPACE.sample(40, seed=1)
    params = {"objective": "lambdarank"}
    ranker = ProxyRanker(groups="paths", params=params, intervals=True).fit(archs, np.linspace(60, 90, 40))
    assert ranker.card.intervals is None
    assert "predicts no label" in ranker.card.notes[-1]

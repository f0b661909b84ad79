"""The greedy design against a literal transcription; expected improvement against integration."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from proxyrank.models.parts.kernel import matern
from proxyrank.search.design import LENGTH, NOISE, choose_by_variance
from proxyrank.search.improvement import choose_by_improvement, expected_improvement

RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((40, 4))


def literal_design(rows, count, given=()):
    """Try every row, invert the covariance of what would be trained, sum what is left of the variance."""
    scaled = rows / (LENGTH * rows.shape[1] ** 0.5)
    full = matern(scaled, scaled, 1.0)
    chosen = list(given)
    for _ in range(count):
        left = {}
        for i in set(range(len(rows))) - set(chosen):
            trained = [*chosen, i]
            inside = full[np.ix_(trained, trained)] + NOISE * np.eye(len(trained))
            explained = full[:, trained] @ np.linalg.inv(inside) @ full[trained]
            left[i] = float(np.trace(full - explained))
        chosen.append(min(left, key=left.__getitem__))
    return chosen[len(given) :]


@pytest.mark.parametrize("given", [(), (3, 17)])
def test_greedy_design_is_the_literal_one(given):
    assert choose_by_variance(ROWS, 6, given=given) == literal_design(ROWS, 6, given)


def test_batches_go_on_where_one_run_would():
    whole = choose_by_variance(ROWS, 8)
    first = choose_by_variance(ROWS, 5)
    assert first + choose_by_variance(ROWS, 3, given=first) == whole


def test_subset_is_drawn_by_the_seed_and_all_are_chosen_in_the_end():
    assert choose_by_variance(ROWS, 3, seed=0, subset=15) == choose_by_variance(ROWS, 3, seed=0, subset=15)
    assert choose_by_variance(ROWS, 3, seed=0, subset=15) != choose_by_variance(ROWS, 3, seed=1, subset=15)
    assert sorted(choose_by_variance(ROWS, 99)) == list(range(40))


def test_expected_improvement_is_the_integral():
    for mean, spread, best in ((0.3, 1.2, 1.0), (2.0, 0.5, 1.0), (-1.0, 0.7, 0.5)):
        integral, _ = quad(lambda v: (v - best) * norm.pdf(v, mean, spread), best, best + 20)  # noqa: B023
        found = expected_improvement(np.array([mean]), np.array([spread]), best)[0]
        assert found == pytest.approx(integral, rel=1e-6)
    assert expected_improvement(np.array([2.0]), np.array([0.0]), 1.0)[0] == pytest.approx(1.0)


def test_improvement_finds_the_top_and_a_batch_is_spread():
    rows = RNG.uniform(-2, 2, (300, 2))
    labels = 90 - 10 * (rows**2).sum(axis=1)
    known = list(range(40))
    chosen = choose_by_improvement(rows, known, labels[known], 10, taken=[], direction="max")
    assert not set(chosen) & set(known)
    assert len(set(chosen)) == 10
    assert np.mean(labels[chosen] > np.quantile(labels, 0.9)) > 0.7
    others = choose_by_improvement(rows, known, labels[known], 10, taken=chosen[:5], direction="max")
    assert not set(others) & set(chosen[:5])
    mirrored = choose_by_improvement(rows, known, 100 - labels[known], 10, taken=[], direction="min")
    assert set(mirrored) == set(chosen)

"""Columns by their ranks in the pool: scipy's ranks and quantiles, knots, missing values, processes."""

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from proxyrank import ProxyrankError
from proxyrank.models import GaussianProcessRanker
from proxyrank.models.parts.scalings import KNOTS, fit_column_scores, fit_scaling
from proxyrank.models.parts.standardise import fit_standardiser

RNG = np.random.default_rng(0)
POOL = np.column_stack([RNG.integers(0, 4, 90), RNG.standard_cauchy(90), np.full(90, 7.0)]).astype(float)


@pytest.mark.parametrize("normal", [False, True])
def test_scores_are_mid_ranks_and_their_normal_quantiles(normal):
    found = fit_column_scores(POOL, normal=normal).transform(POOL)
    expected = (rankdata(POOL, axis=0) - 0.5) / len(POOL)
    np.testing.assert_allclose(found, norm.ppf(expected) if normal else expected, rtol=1e-12, atol=1e-12)


def test_new_values_lie_in_between_or_at_the_ends_and_missing_ones_at_the_median():
    scores = fit_column_scores(np.array([[1.0], [2.0], [4.0]]), normal=False)
    rows = np.array([[-9.0], [3.0], [9.0], [np.nan]])
    np.testing.assert_allclose(scores.transform(rows), [[1 / 6], [4 / 6], [5 / 6], [1 / 2]])


def test_many_values_are_thinned_to_knots_and_keep_their_order():
    column = np.sort(RNG.standard_normal(5000))[:, None]
    scores = fit_column_scores(column, normal=True)
    assert scores.ends.tolist() == [KNOTS]
    found = scores.transform(column)[:, 0]
    assert (np.diff(found) > 0).all()
    assert np.abs(norm.cdf(found) - (np.arange(5000) + 0.5) / 5000).max() < 1 / KNOTS


def test_a_column_without_values_is_dropped_and_standard_is_the_standardiser():
    pool = np.column_stack([POOL, np.full(90, np.nan)])
    _, standardiser = fit_scaling("uniform", pool)
    assert standardiser.kept.tolist() == [0, 1]
    none, plain = fit_scaling("standard", POOL)
    assert none is None
    np.testing.assert_array_equal(plain.transform(POOL), fit_standardiser(POOL).transform(POOL))


@pytest.mark.parametrize("scaling", ["normal", "uniform"])
def test_a_process_of_ranks_errs_less_where_the_order_of_a_column_tells(scaling):
    order = RNG.permutation(300) / 300
    X = np.exp(12 * order)[:, None]  # its larger half is all that a standardised column shows
    y = np.sin(6 * order)
    known = slice(0, 60)
    errors = {}
    for name in ("standard", scaling):
        model = GaussianProcessRanker("none", engine="numpy", scaling=name).fit(X[known], y[known], pool=X)
        errors[name] = np.abs(model.rank_score(X) - y).mean()
        again = GaussianProcessRanker.restore(*model.export())
        np.testing.assert_array_equal(again.rank_score(X), model.rank_score(X))
    assert errors[scaling] < errors["standard"] / 2


def test_an_unknown_scaling_is_refused():
    with pytest.raises(ProxyrankError, match="unknown scaling of the columns 'log'; known: standard, normal"):
        GaussianProcessRanker(scaling="log").fit(POOL, POOL[:, 1])

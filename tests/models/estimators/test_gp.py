"""The Gaussian process against scikit-learn's, closed forms against refitting, storage."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from proxyrank.models import GaussianProcessRanker
from proxyrank.models.parts.kernel import Hyperparameters, condition, fit_hyperparameters
from proxyrank.models.parts.standardise import CLIP, fit_standardiser

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 5))
Z = np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.05 * RNG.standard_normal(60)
HYPER = Hyperparameters(np.array([1.0, 2.0, 4.0, 8.0, 3.0]), 1.3, 0.02)


def sklearn_process() -> GaussianProcessRegressor:
    kernel = ConstantKernel(HYPER.scale) * Matern(HYPER.lengths, nu=1.5) + WhiteKernel(HYPER.noise)
    return GaussianProcessRegressor(kernel, optimizer=None)


def test_posterior_mean_is_that_of_scikit_learn():
    posterior, _ = condition(X, Z, HYPER, range(60))
    mean, spread = Z.mean(), Z.std()
    reference = sklearn_process().fit(X, (Z - mean) / spread)
    new = RNG.standard_normal((7, 5))
    np.testing.assert_allclose(posterior.predict(new), mean + spread * reference.predict(new), rtol=1e-9)


def test_left_out_blocks_are_those_of_refitting():
    blocks = [i // 3 for i in range(60)]
    _, left_out = condition(X, Z, HYPER, blocks)
    mean, spread = Z.mean(), Z.std()
    target = (Z - mean) / spread
    for block in range(20):
        own = np.array(blocks) == block
        reference = sklearn_process().fit(X[~own], target[~own]).predict(X[own])
        np.testing.assert_allclose(left_out[own], mean + spread * reference, rtol=1e-8)


def test_fit_climbs_to_a_better_posterior_than_the_start_and_finds_the_columns():
    found = fit_hyperparameters(X, Z, penalty=0.05, steps=60)
    assert set(np.argsort(found.lengths)[:2]) == {0, 1}

    def objective(hyper: Hyperparameters) -> float:
        target = (Z - Z.mean()) / Z.std()
        kernel = ConstantKernel(hyper.scale) * Matern(hyper.lengths, nu=1.5) + WhiteKernel(hyper.noise)
        model = GaussianProcessRegressor(kernel, optimizer=None).fit(X, target)
        first = 4.0 * 5**0.5
        return float(model.log_marginal_likelihood_value_ - 0.05 * (np.log(hyper.lengths / first) ** 2).sum())

    start = Hyperparameters(np.full(5, 4.0 * 5**0.5), 1.0, 0.05)
    assert objective(found) > objective(start) + 10
    # 300 more steps gain next to nothing: sixty come close to the maximum
    assert objective(fit_hyperparameters(X, Z, penalty=0.05, steps=360)) < objective(found) + 2.0
    kept = fit_hyperparameters(X, Z, penalty=0.05, lengths=found.lengths)
    np.testing.assert_array_equal(kept.lengths, found.lengths)


def test_predictions_do_not_depend_on_company(problem):
    rows, y = problem(80, 6)
    model = GaussianProcessRanker(steps=5).fit(rows[:40], y[:40], pool=rows)
    together = model.rank_score(rows)
    np.testing.assert_array_equal(together[3:5], model.rank_score(rows[3:5]))


def test_restored_process_predicts_the_same_bits(problem):
    rows, y = problem(40, 6)
    model = GaussianProcessRanker(steps=5, direction="min").fit(rows, 100 - y)
    state, files = model.export()
    again = GaussianProcessRanker.restore(state, files)
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    assert again.export() == (state, files)


def test_standardiser_uses_the_pool_and_drops_constants():
    rows = np.array([[1.0, 5.0, np.nan, 1e300], [3.0, 5.0, np.nan, -1e300], [np.nan, 5.0, np.nan, 0.0]])
    found = fit_standardiser(rows)
    assert found.kept.tolist() == [0, 3]
    values = found.transform(rows)
    assert np.isfinite(values).all()
    np.testing.assert_allclose(values.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(values.std(axis=0), 1.0)
    assert found.transform(np.array([[1e9, 0.0, 0.0, 0.0]]))[0, 0] == CLIP


def test_too_few_rows():
    with pytest.raises(ValueError, match="minimum of 2"):
        GaussianProcessRanker().fit(X[:1], Z[:1])

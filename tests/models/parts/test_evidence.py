"""The evidence against scikit-learn, its gradient against finite differences, the fit against GPyTorch."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from proxyrank.models.parts.evidence import Evidence, VarianceEvidence, _seen_rows, climb_evidence
from proxyrank.models.parts.kernel import LEAST_NOISE, START, fit_hyperparameters

RNG = np.random.default_rng(0)
X = RNG.standard_normal((40, 4))
Z = np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.1 * RNG.standard_normal(40)
POINT = np.array([0.4, -0.3, 0.1, 0.2, -0.2, -2.0])
TARGET = (Z - Z.mean()) / Z.std()


def test_gradient_is_that_of_finite_differences():
    problem = Evidence(X, TARGET, penalty=0.3)
    numeric = approx_fprime(POINT, lambda x: problem.loss(x)[0], 1e-6)
    np.testing.assert_allclose(problem.loss(POINT)[1], numeric, rtol=1e-4, atol=1e-4)


def test_loss_is_minus_the_evidence_of_scikit_learn_plus_the_penalty():
    lengths = START * 4**0.5 * np.exp(-POINT[:4])
    noise = LEAST_NOISE + np.exp(POINT[5])
    kernel = ConstantKernel(np.exp(POINT[4])) * Matern(lengths, nu=1.5) + WhiteKernel(noise)
    model = GaussianProcessRegressor(kernel, optimizer=None, alpha=0).fit(X, TARGET)
    constant = 20 * np.log(2 * np.pi)
    expected = -model.log_marginal_likelihood_value_ - constant + 0.3 * (POINT[:4] ** 2).sum()
    assert Evidence(X, TARGET, penalty=0.3).loss(POINT)[0] == pytest.approx(expected)


def test_given_length_scales_leave_the_same_loss_and_gradient():
    lengths = START * 4**0.5 * np.exp(-POINT[:4])
    loss, gradient = VarianceEvidence.of(X, TARGET, lengths).loss(POINT[4:])
    expected, slopes = Evidence(X, TARGET, penalty=0.0).loss(POINT)
    assert loss == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(gradient, slopes[4:], rtol=1e-7)


def test_it_takes_the_steps_of_gpytorch():
    # 2e-3: GPyTorch computes in single precision
    for lengths in (None, np.array([2.0, 3.0, 20.0, 20.0])):
        ours = climb_evidence(X, Z, penalty=0.1, steps=20, lengths=lengths)
        theirs = fit_hyperparameters(X, Z, penalty=0.1, steps=20, lengths=lengths)
        np.testing.assert_allclose(ours.lengths, theirs.lengths, rtol=2e-3)
        np.testing.assert_allclose([ours.scale, ours.noise], [theirs.scale, theirs.noise], rtol=2e-3)


def test_steps_that_see_a_few_rows_each_find_what_all_rows_say():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((400, 5))
    z = np.sin(2 * rows[:, 0]) + rows[:, 1] + 0.1 * rng.standard_normal(400)
    whole, few = (climb_evidence(rows, z, penalty=0.1, most=most) for most in (None, 100))
    once = climb_evidence(rows[:100], z[:100], penalty=0.1)
    assert np.argsort(few.lengths)[:2].tolist() == np.argsort(whole.lengths)[:2].tolist() == [0, 1]
    # another hundred rows each time know more of the four hundred than one hundred do
    near, far = (np.abs(np.log(one.lengths / whole.lengths)).sum() for one in (few, once))
    assert near < far


def test_draws_of_steps():
    seen = list(_seen_rows(10, 4, 5))
    assert [len(set(rows)) for rows in seen] == [4] * 5
    assert not set(seen[0]) & set(seen[1])  # the rest are too few for a third
    assert set(np.concatenate(seen)) == set(range(10))
    np.testing.assert_array_equal(seen, list(_seen_rows(10, 4, 5)))
    assert list(_seen_rows(10, 10, 2)) == [slice(None)] * 2
    assert list(_seen_rows(10, None, 1)) == [slice(None)]

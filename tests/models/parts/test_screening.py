"""Prior weights of columns against scipy's Spearman correlation."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import GaussianProcessRanker
from proxyrank.models.parts.screening import LEAST, screening_weights

RNG = np.random.default_rng(0)
X = np.column_stack([RNG.integers(0, 3, (50, 6)), np.ones(50)]).astype(float)
Z = X[:, 0] + 0.3 * RNG.standard_normal(50)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_weights_are_powers_of_spearmans_correlation(power):
    correlations = np.array([abs(spearmanr(X[:, i], Z)[0]) for i in range(6)] + [0.0])  # the last is constant
    expected = correlations**power + LEAST
    np.testing.assert_allclose(screening_weights(X, Z, power), expected / expected.mean(), rtol=1e-9)


def test_power_zero_weighs_all_alike():
    np.testing.assert_array_equal(screening_weights(X, Z, 0.0), np.ones(7))
    assert screening_weights(X[:, :0], Z, 2.0).shape == (0,)


def test_a_screened_process_looks_at_the_column_that_tells_and_errs_less():
    rng = np.random.default_rng(1)
    rows, new = rng.standard_normal((30, 200)), rng.standard_normal((300, 200))
    plain = GaussianProcessRanker("none", engine="numpy", penalty=1.0).fit(rows, rows[:, 7])
    screened = GaussianProcessRanker("none", engine="numpy", penalty=1.0, screen=2.0).fit(rows, rows[:, 7])
    assert screened.feature_importances_[7] > 2 * plain.feature_importances_[7]
    errors = [abs(model.rank_score(new) - new[:, 7]).mean() for model in (plain, screened)]
    assert errors[1] < 0.8 * errors[0]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"screen": -1.0}, "screen must be at least 0, got -1"),
        ({"engine": "jax"}, "unknown engine of the Gaussian process 'jax'; known: gpytorch, numpy"),
    ],
)
def test_wrong_parameters_are_refused(params, message):
    with pytest.raises(ProxyrankError, match=message):
        GaussianProcessRanker(**params).fit(X, Z)

"""One label more, by a rank-one update, against conditioning from scratch."""

import numpy as np

from proxyrank.models.parts.kernel import condition_on, matern


def test_updates_one_by_one_equal_conditioning_on_all() -> None:
    rows = np.random.default_rng(0).normal(size=(12, 3))
    prior, noise, known = matern(rows, rows, 1.7), 0.05, [3, 8, 1]
    updated = prior.copy()
    for position in known:
        condition_on(updated, position, noise)
    inside = prior[np.ix_(known, known)] + noise * np.eye(3)
    expected = prior - prior[:, known] @ np.linalg.solve(inside, prior[known])
    np.testing.assert_allclose(updated, expected, atol=1e-12)


def test_a_variance_below_zero_by_rounding_counts_as_zero() -> None:
    covariance = np.array([[-1e-18, 0.0], [0.0, 1.0]])
    condition_on(covariance, 0, 1e-18)
    assert np.isfinite(covariance).all()

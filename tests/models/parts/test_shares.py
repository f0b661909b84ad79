"""Shares by out-of-fold rankings: another one only where it gains enough."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from proxyrank.models.parts.shares import better_share, tau_of_share


def test_tau_is_that_of_the_blend_and_zero_where_it_is_undefined() -> None:
    rng = np.random.default_rng(0)
    a, b, truth = rng.normal(size=(3, 30))
    tau = tau_of_share(lambda share: share * a + (1 - share) * b, truth)
    assert tau(0.3) == pytest.approx(kendalltau(0.3 * a + 0.7 * b, truth)[0])
    assert tau_of_share(lambda share: np.zeros(30), truth)(0.5) == 0.0


def test_the_default_stays_unless_another_gains_more_than_asked() -> None:
    taus = {0.0: 0.50, 0.25: 0.52, 0.5: 0.53}
    for gain, expected in ((0.0, 0.5), (0.029, 0.5), (0.031, 0.0)):
        assert better_share(taus.__getitem__, 0.0, (0.25, 0.5), gain=gain) == expected

"""Spread where an equal network was trained on: simulation, what is not known, parts by prediction."""

import numpy as np
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.models.parts.twins import LEAST, twin_factor, twin_factors


def _drawn(n: int, moved: float, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Residuals, moves and distances of two labels, and residuals of another label of a trained network."""
    rng = derive_rng("tests/twins")
    error = rng.normal(0, 1, n)  # of the models, the same for both labels of a network
    first, second = error + rng.normal(0, noise, n), error + rng.normal(0, noise, n)
    return first, moved * first + rng.normal(0, 0.1, n), first - second, second - moved * first


@pytest.mark.parametrize("moved", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("noise", [0.1, 0.5, 1.0])
def test_the_spread_of_another_training_of_a_trained_network(moved: float, noise: float) -> None:
    residuals, moves, differences, judged = _drawn(20_000, moved, noise)
    # means of 20,000 draws and squares of them: standard errors are below .02
    expected = min(1.0, judged.std() / residuals.std())
    assert twin_factor(residuals, moves, differences) == pytest.approx(expected, abs=0.03)


def test_never_wider_and_where_nothing_is_known_not_narrower() -> None:
    residuals, moves, differences, _ = _drawn(200, 0.8, 0.5)
    assert twin_factor(residuals, moves, differences[: LEAST - 1]) == 1
    assert twin_factor(residuals, moves, differences[:LEAST]) < 1
    assert twin_factor(residuals, -moves, differences) == 1  # moves away from its label: nothing is learnt
    assert twin_factor(residuals, moves, 10 * differences) == 1  # labels are noise
    assert twin_factor(np.zeros(50), np.zeros(50), differences) == 1


def test_high_predictions_have_a_larger_factor() -> None:
    low, high = _drawn(3000, 0.8, 0.1), _drawn(3000, 0.8, 1.0)
    residuals, moves, differences = (np.concatenate([low[i], high[i]]) for i in range(3))
    z = np.repeat([0.0, 1.0], 3000) + np.linspace(0, 0.1, 6000)
    pairs = np.arange(0, 6000, 50)
    centres, factors = twin_factors(z, residuals, moves, z[pairs], differences[pairs])
    alone = []
    for i, rows in enumerate(slice(1200 * i, 1200 * (i + 1)) for i in range(5)):
        own = differences[rows][::50]
        assert centres[i] == pytest.approx(z[rows][::50].mean())
        alone.append(twin_factor(residuals[rows], moves[rows], own))
    least = twin_factor(residuals, moves, differences[pairs])
    assert alone[0] < 0.3 < least < alone[4]
    np.testing.assert_allclose(factors, np.maximum(least, alone))
    assert len(twin_factors(z, residuals, moves, z[: LEAST - 1], differences[: LEAST - 1])[0]) == 0
    once = twin_factors(z, residuals, moves, z[:LEAST], differences[:LEAST])[1]
    np.testing.assert_allclose(once, [twin_factor(residuals, moves, differences[:LEAST])])

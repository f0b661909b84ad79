"""Spread of residuals by prediction: bins, their literal means, smoothing, few rows, ties."""

import numpy as np
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.models.parts.spread import local_spread


def _drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = derive_rng("tests/spread", n)
    return rng.normal(0, 1, n), rng.standard_t(3, n)


@pytest.mark.parametrize(
    ("n", "rows"),
    [
        (20, [20]),
        (39, [39]),
        (40, [10, 10, 20]),
        (70, [12, 12, 23, 23]),
        (100, [5, 5, 10, 20, 20, 20, 20]),
        (320, [5, 5, 10, *[20] * 15]),
        (640, [10, 10, 20, *[40] * 15]),
        (960, [15, 15, 30, *[60] * 15]),
    ],
)
def test_bins_are_of_equal_size_but_for_the_lowest(n: int, rows: list[int]) -> None:
    z, residuals = _drawn(n)
    centres, spreads = local_spread(z, residuals)
    ordered = np.split(np.sort(z), np.cumsum(rows)[:-1])
    assert centres == pytest.approx([part.mean() for part in ordered])
    assert len(spreads) == len(rows)


def test_a_spread_is_a_mean_its_error_and_its_neighbours() -> None:
    z, residuals = _drawn(100)
    _, spreads = local_spread(z, residuals)
    sizes = np.abs(residuals[np.argsort(z)])
    parts = [sizes[:5], sizes[5:10], sizes[10:20], *sizes[20:].reshape(4, 20)]
    own = [part.mean() + 2 * part.std() / len(part) ** 0.5 for part in parts]
    for i, spread in enumerate(spreads):
        before, after = own[max(i - 1, 0)], own[min(i + 1, 6)]
        assert spread == pytest.approx((before * own[i] ** 2 * after) ** 0.25)


def test_units_and_signs_do_not_matter() -> None:
    z, residuals = _drawn(200)
    centres, spreads = local_spread(z, residuals)
    other = local_spread(z, -7 * residuals)
    assert other[0] == pytest.approx(centres)
    assert other[1] == pytest.approx(7 * spreads)


def test_residuals_that_vanish_leave_a_spread_above_zero() -> None:
    z, residuals = _drawn(100)
    residuals[z < 0] = 0
    assert (local_spread(z, residuals)[1] > 0).all()
    assert (local_spread(z, np.zeros(100))[1] > 0).all()

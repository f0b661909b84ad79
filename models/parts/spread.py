"""How far residuals spread where predictions are alike: finer where the worst are, smoothed over neighbours.

The worst few in a hundred predictions, of networks that hardly learn, err many times more than all others,
and a bin that mixes them with others has the spread of neither: so the lowest bin is halved. A bin's spread
is its mean absolute residual plus two standard errors of that mean, then the geometric mean with its
neighbours': bins of few rows, or of a long tail, otherwise look narrower by the rows that they were fitted to
than new ones are.
"""

import numpy as np

from proxyrank.models.parts.targets import FloatArray

BIN_ROWS = 20
MAX_BINS = 16
HALVINGS = 2
"""Times that the lowest bin is halved; once where there are two or three, not where there is one."""

ERRORS = 2.0
"""Standard errors added to a mean: with one, the lowest few predictions are caught less often than others."""


def local_spread(z: FloatArray, residuals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean [b] of transformed predictions [n] and spread [b] of their residuals [n], by bins of predictions.

    The spread of a prediction is linear between the means, and constant beyond them.
    """
    sizes = np.abs(residuals)
    least = max(1e-3 * float(sizes.mean()), np.finfo(float).tiny)
    bins = np.split(np.lexsort((residuals, z)), np.cumsum(_rows_of_bins(len(z)))[:-1])
    centres = np.array([z[rows].mean() for rows in bins])
    found = np.array([sizes[rows].mean() + ERRORS * sizes[rows].std() / np.sqrt(len(rows)) for rows in bins])
    logs = np.log(np.maximum(least, found))
    padded = np.concatenate([logs[:1], logs, logs[-1:]])
    return centres, np.exp((padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4)


def _rows_of_bins(n: int) -> list[int]:
    """Rows of each bin, the lowest first."""
    bins = max(1, min(MAX_BINS, n // BIN_ROWS))
    rows = [len(part) for part in np.array_split(np.arange(n), bins)]
    for _ in range(min(HALVINGS, bins // 2)):
        rows[:1] = [rows[0] // 2, rows[0] - rows[0] // 2]
    return rows

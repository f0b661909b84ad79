"""Expected improvement on the best network so far, in batches (Jones et al., EGO, 1998; kriging believer)."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from proxyrank.models.parts.kernel import condition_on, fit_hyperparameters, matern
from proxyrank.models.parts.targets import FloatArray, fit_target

PENALTY = 0.25
"""Of the log weights of the columns: few labels."""
SHORTLIST = 1000
"""Candidates that compete for a batch: the best by expected improvement before it."""


def expected_improvement(mean: FloatArray, spread: FloatArray, best: float) -> FloatArray:
    """E max(0, value - best) of normal values [n] with these means and standard deviations."""
    safe = np.maximum(spread, 1e-12)
    z = (mean - best) / safe
    improvement: FloatArray = safe * (z * norm.cdf(z) + norm.pdf(z))
    return improvement


def choose_by_improvement(
    rows: FloatArray, known: list[int], labels: FloatArray, count: int, *, taken: list[int], direction: str
) -> list[int]:
    """Positions of the rows to train next.

    Parameters
    ----------
    rows
        Standardised features [n, d].
    known
        Positions that have a label.
    labels
        Their labels.
    count
        How many to choose.
    taken
        Positions without label that are not to be chosen, because they are being trained: they count as
        labelled with their expected value, which only narrows the guesses around them.
    direction
        ``max`` or ``min``.
    """
    z = fit_target("log-error", labels, direction=direction).transform(labels)
    z = (z - z.mean()) / (z.std() or 1.0)
    hyper = fit_hyperparameters(rows[known], z, penalty=PENALTY)
    scaled = rows / hyper.lengths
    with threadpool_limits(1):
        inside = matern(scaled[known], scaled[known], hyper.scale) + hyper.noise * np.eye(len(known))
        factor = cho_factor(inside, lower=True)
        across = matern(scaled, scaled[known], hyper.scale)
        solved = cho_solve(factor, across.T)
        mean = across @ cho_solve(factor, z)
        variance = hyper.scale - np.einsum("ij,ji->i", across, solved)
        best = float(z.max())
        gain = expected_improvement(mean, np.sqrt(np.maximum(variance, 0.0)), best)
        gain[[*known, *taken]] = -np.inf
        short = np.concatenate(
            [np.argsort(-gain, kind="stable")[:SHORTLIST], np.array(taken, dtype=np.int64)]
        )
        covariance = matern(scaled[short], scaled[short], hyper.scale) - across[short] @ solved[:, short]
    free = np.isfinite(gain[short])
    # kriging believer: what is being trained will turn out as expected, which narrows the guesses around it
    for position in np.flatnonzero(np.isin(short, taken)):
        condition_on(covariance, int(position), hyper.noise)
    chosen: list[int] = []
    for _ in range(min(count, int(free.sum()))):
        spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        found = np.where(free, expected_improvement(mean[short], spread, best), -np.inf)
        next_best = int(np.argmax(found))
        chosen.append(int(short[next_best]))
        free[next_best] = False
        condition_on(covariance, next_best, hyper.noise)
    return chosen

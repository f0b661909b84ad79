"""A design without labels: train what tells most about all the others.

A Gaussian process knows, before any label, how much a label of one architecture narrows its guess of each
other one. Greedily the architecture is chosen whose label makes the summed posterior variance over the pool
fall most (A-optimality; Seo et al., Gaussian process regression: active data selection, IJCNN 2000).
"""

from collections.abc import Sequence

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.models.parts.kernel import condition_on, matern
from proxyrank.models.parts.targets import FloatArray

LENGTH = 1.5
"""Length scale in units of the root of the number of columns."""
NOISE = 0.05
SUBSET = 1500
"""Architectures, drawn at random, that stand for the pool: the cost is their square times the design."""


def choose_by_variance(
    rows: FloatArray, count: int, *, given: Sequence[int] = (), seed: int = 0, subset: int = SUBSET
) -> list[int]:
    """Positions of the rows to train, in the order of choice.

    Parameters
    ----------
    rows
        Standardised features [n, d] of different networks.
    count
        How many; fewer come back where there are no more.
    given
        Rows that are trained already, or will be; they are conditioned on and not chosen.
    seed
        Draws the subset; the rows of ``given`` belong to it.
    subset
        Size of the subset.
    """
    drawn = derive_rng("design", seed).permutation(len(rows))
    known = list(dict.fromkeys(given))
    members = np.array(known + [i for i in drawn[:subset].tolist() if i not in set(known)], dtype=np.int64)
    scaled = rows[members] / (LENGTH * rows.shape[1] ** 0.5)
    covariance = matern(scaled, scaled, 1.0)
    for position in range(len(known)):
        condition_on(covariance, position, NOISE)
    free = np.ones(len(members), dtype=bool)
    free[: len(known)] = False
    chosen = []
    for _ in range(min(count, int(free.sum()))):
        fall = np.einsum("ij,ij->j", covariance, covariance) / (np.diag(covariance) + NOISE)
        best = int(np.argmax(np.where(free, fall, -np.inf)))
        chosen.append(int(members[best]))
        free[best] = False
        condition_on(covariance, best, NOISE)
    return chosen

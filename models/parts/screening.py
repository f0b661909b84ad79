"""Prior weights of columns by what each alone says of the labels.

After Fan and Lv, Sure independence screening for ultrahigh dimensional feature space, JRSS B 70, 2008, and
Bair et al., Prediction by supervised principal components, JASA 101, 2006. Both cut columns off; here every
column keeps a weight, which its length scale can still raise.
"""

import numpy as np
from scipy.stats import rankdata

from proxyrank.models.parts.targets import FloatArray

LEAST = 1e-6
"""Weight of a column without any correlation, before the mean is made 1."""


def screening_weights(X: FloatArray, z: FloatArray, power: float) -> FloatArray:
    """Weight [d] of each column, of mean 1: its absolute Spearman correlation to a power.

    Parameters
    ----------
    X, z
        Rows [n, d], and targets [n].
    power
        0 weighs all columns alike.
    """
    if power == 0 or X.shape[1] == 0:
        return np.ones(X.shape[1])
    ranks = rankdata(X, axis=0) - (len(X) + 1) / 2
    own = rankdata(z) - (len(z) + 1) / 2
    norms = np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    correlations = np.abs(own @ ranks) / np.where(norms > 0, norms, 1.0)
    weights = correlations**power + LEAST
    scaled: FloatArray = weights / weights.mean()
    return scaled

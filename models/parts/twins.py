"""How much nearer a label is to its prediction where an equal network was trained on, without a refit.

Let :math:`r` be a trained network's label less the prediction of models that have not seen it, and
:math:`h r` what the prediction moves by once it is trained on. Another training of the same network has
residual :math:`r' - h r`, where :math:`r` and :math:`r'` share the error of the models and differ by the
noise of labels. With :math:`q` the share of that noise in the variance of :math:`r`,

.. math:: var(r' - h r) / var(r) = (1 - h)^2 + 2 h q,

:math:`h` by regression of the moves on the residuals, :math:`q` by labels of equal trained networks. Where
predictions are high the noise is most of the error, so that they have a larger factor. None is smaller than
that of all together: where predictions are low, few failed trainings are most of the error, and the pairs of
equal networks are too few to hold them.
"""

import math

import numpy as np

from proxyrank.models.parts.targets import FloatArray

PARTS = 5
"""Most parts: the factor rises steeply where predictions are highest, which thirds even out."""
LEAST = 20
"""Pairs of equal networks, and residuals, below which a part has no factor of its own."""


def twin_factor(residuals: FloatArray, moves: FloatArray, differences: FloatArray) -> float:
    """Spread of residuals of networks that equal a trained one, in units of the others'; at most 1.

    Parameters
    ----------
    residuals
        Label less the prediction without it, shape [n].
    moves
        Prediction with the label less that without it, shape [n].
    differences
        Distance of the labels of two equal networks, shape [m].
        All in units of the local spread of the residuals; 1 is returned where n or m is below `LEAST`.
    """
    power = float(residuals @ residuals)
    if min(len(residuals), len(differences)) < LEAST or power == 0:
        return 1.0
    h = min(1.0, max(0.0, float(moves @ residuals) / power))
    # mean distances in place of variances, which a few failed trainings would rule: a difference has twice
    # the variance of the noise
    q = min(1.0, float(abs(differences).mean() / abs(residuals).mean()) ** 2 / 2)
    variance: float = (1 - h) ** 2 + 2 * h * q
    return min(1.0, math.sqrt(variance))


def twin_factors(
    z: FloatArray, residuals: FloatArray, moves: FloatArray, z_pairs: FloatArray, differences: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean prediction [p] and `twin_factor` [p] of up to `PARTS` parts, as many pairs in each; none of few.

    At least the factor of all parts together.

    Parameters
    ----------
    z, residuals, moves
        Prediction of each network, and what `twin_factor` takes of it, shape [n].
    z_pairs, differences
        The same of each pair of equal networks, shape [m].
    """
    parts = min(PARTS, len(differences) // LEAST)
    if parts == 0:
        return np.empty(0), np.empty(0)
    pairs = np.array_split(np.argsort(z_pairs, kind="stable"), parts)
    part = np.searchsorted([z_pairs[own[0]] for own in pairs[1:]], z, side="right")
    found = [
        twin_factor(residuals[part == i], moves[part == i], differences[own]) for i, own in enumerate(pairs)
    ]
    least = twin_factor(residuals, moves, differences)
    return np.array([z_pairs[own].mean() for own in pairs]), np.maximum(least, found)

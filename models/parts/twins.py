"""How much nearer a label is to its prediction where an equal network was trained on, without a refit.

Let :math:`r` be a trained network's label less the prediction of models that have not seen it, and
:math:`h r` what the prediction moves by once it is trained on. Another training of the same network has
residual :math:`r' - h r`, where :math:`r` and :math:`r'` share the error of the models and differ by the
noise of labels. With :math:`q` the share of that noise in the variance of :math:`r`,

.. math:: var(r' - h r) / var(r) = (1 - h)^2 + 2 h q,

:math:`h` by regression of the moves on the residuals, :math:`q` by labels of equal trained networks.
"""

import math

from proxyrank.models.parts.targets import FloatArray

LEAST_TWINS = 20
"""Pairs of equal networks below which the noise of labels is not told."""


def twin_factor(residuals: FloatArray, moves: FloatArray, differences: FloatArray) -> float:
    """Spread of residuals of networks that equal a trained one, in units of the others'; at most 1.

    Parameters
    ----------
    residuals
        Label less the prediction without it, shape [n].
    moves
        Prediction with the label less that without it, shape [n].
    differences
        Distance of the labels of two equal networks, shape [m]; 1 is returned where m is below `LEAST_TWINS`.
        All in units of the local spread of the residuals.
    """
    power = float(residuals @ residuals)
    if len(differences) < LEAST_TWINS or power == 0:
        return 1.0
    h = min(1.0, max(0.0, float(moves @ residuals) / power))
    # mean distances in place of variances, which a few failed trainings would rule: a difference has twice
    # the variance of the noise
    q = min(1.0, float(abs(differences).mean() / abs(residuals).mean()) ** 2 / 2)
    variance: float = (1 - h) ** 2 + 2 * h * q
    return min(1.0, math.sqrt(variance))

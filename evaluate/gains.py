"""Gains of nDCG: how much an architecture near the top is worth, from its label."""

import numpy as np
from numpy.typing import NDArray

from proxyrank.common.labels import Direction, in_percent


def label_gains(labels: NDArray[np.float64], direction: Direction = "max") -> tuple[NDArray[np.float64], str]:
    """Gains (2^a - 1) / (2^max(a) - 1) of the VKDNW paper's nDCG (arXiv 2502.04975), and the rule in words.

    Labels to be maximised that lie within [0, 100] and exceed 1.5 are percent, and a is the label. Any others
    are oriented so that higher is better and rescaled, a = 100 (y - min) / (max - min).

    Parameters
    ----------
    labels
        Finite labels, shape [n], n >= 1.
    direction
        Whether higher or lower is better.

    Returns
    -------
    gains
        Shape [n], within [0, 1]; all zero where the labels are constant and not percent, or all zero.
    rule
        How a was made, with the numbers used.
    """
    low, high = float(labels.min()), float(labels.max())
    if direction == "max" and in_percent(low, high):
        a, rule = labels, "2^a - 1, a = label in percent"
    else:
        # halved first, because the span of huge labels can overflow
        span = high / 2 - low / 2
        distance = labels / 2 - low / 2 if direction == "max" else high / 2 - labels / 2
        a = 100 * (distance / span) if span > 0 else np.zeros_like(labels)
        above = f"(y - {low:.6g})" if direction == "max" else f"({high:.6g} - y)"
        rule = f"2^a - 1, a = 100 {above} / ({high:.6g} - {low:.6g})"
    top = np.expm1(a.max() * np.log(2))
    return (np.expm1(a * np.log(2)) / top if top > 0 else np.zeros_like(labels)), rule

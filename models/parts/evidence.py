r"""Length scales by the evidence and its gradient in closed form: numpy alone, no autograd.

With :math:`K = scale \, k(r^2) + noise \, I`, :math:`r_{ij}^2 = \sum_c w_c (x_{ic} - x_{jc})^2` and
:math:`\alpha = K^{-1} z`, the logarithm of the evidence has (Rasmussen and Williams, 2006, eq. 5.9) the
gradient :math:`M = (\alpha \alpha^T - K^{-1}) / 2` in :math:`K`. For Matern 3/2,
:math:`dk / dr^2 = -\frac{3}{2} \exp(-\sqrt 3 r)`, so that every weight's share is a sum over rows of
:math:`A = M \circ scale \, dk / dr^2`, two matrix products for all columns together.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh
from threadpoolctl import threadpool_limits

from proxyrank.common.seeds import derive_rng
from proxyrank.models.parts.kernel import LEAST_NOISE, START, Hyperparameters, matern
from proxyrank.models.parts.targets import FloatArray

FIRST_NOISE = 0.05
_DECAYS = (0.9, 0.999)
"""Of Adam's two averages (Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015)."""
_LATE, _SLOWER = 0.7, 0.3
"""Share of the steps that are taken at the full rate where each sees other rows, and the rate after them."""

Loss = Callable[[FloatArray], tuple[float, FloatArray]]


@dataclass(frozen=True)
class Evidence:
    """Minus the logarithm of the evidence plus the penalty of `fit_hyperparameters`, constants left out.

    Attributes
    ----------
    rows, target
        Standardised rows [n, d], target [n] of mean 0 and variance 1.
    penalty
        Of the squared logarithms of the weights.
    """

    rows: FloatArray
    target: FloatArray
    penalty: float

    def loss(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Loss and its gradient [d + 2] at the logarithms of weights [d], scale, noise above the least."""
        d = self.rows.shape[1]
        first = START * d**0.5
        weights = np.exp(2 * x[:d]) / first**2
        scale, extra = float(np.exp(x[d])), float(np.exp(x[d + 1]))
        scaled = self.rows * np.sqrt(weights)
        squares = (scaled * scaled).sum(axis=1)
        distance = np.sqrt(3 * np.maximum(squares[:, None] + squares - 2 * scaled @ scaled.T, 0.0))
        np.fill_diagonal(distance, 0.0)
        decay = np.exp(-distance)
        function = scale * (1 + distance) * decay
        factor = cho_factor(function + (LEAST_NOISE + extra) * np.eye(len(scaled)), lower=True)
        alpha = cho_solve(factor, self.target)
        slope = (np.outer(alpha, alpha) - cho_solve(factor, np.eye(len(scaled)))) / 2
        by_square = -1.5 * scale * slope * decay
        by_column = by_square.sum(axis=1) @ scaled**2 - np.einsum("ij,ij->j", scaled, by_square @ scaled)
        loss = self.target @ alpha / 2 + np.log(np.diag(factor[0])).sum() + self.penalty * (x[:d] ** 2).sum()
        by_variance = [-(slope * function).sum(), -extra * np.trace(slope)]
        return float(loss), np.concatenate([2 * self.penalty * x[:d] - 4 * by_column, by_variance])


@dataclass(frozen=True)
class VarianceEvidence:
    """The evidence where length scales are given: one decomposition makes every step a sum over rows.

    Attributes
    ----------
    eigenvalues
        Of the kernel matrix of scale 1 without noise, shape [n].
    target
        In the basis of its eigenvectors, shape [n].
    """

    eigenvalues: FloatArray
    target: FloatArray

    @classmethod
    def of(cls, rows: FloatArray, target: FloatArray, lengths: FloatArray) -> "VarianceEvidence":
        """Of standardised rows [n, d], a target [n] of mean 0 and variance 1, and length scales [d]."""
        scaled = rows / lengths
        values, vectors = eigh(matern(scaled, scaled, 1.0), driver="evd")
        return cls(values, vectors.T @ target)

    def loss(self, x: FloatArray) -> tuple[float, FloatArray]:
        """As `Evidence.loss`, at the logarithms of scale and of noise above the least; gradient [2]."""
        scale, extra = np.exp(x)
        variance = scale * self.eigenvalues + LEAST_NOISE + extra
        share = self.target / variance
        slope = (1 / variance - share**2) / 2
        loss = (self.target @ share + np.log(variance).sum()) / 2
        return float(loss), np.array([scale * (slope @ self.eigenvalues), extra * slope.sum()])


def climb_evidence(
    X: FloatArray,
    z: FloatArray,
    *,
    penalty: float,
    steps: int = 40,
    rate: float = 0.1,
    lengths: FloatArray | None = None,
    most: int | None = None,
) -> Hyperparameters:
    """Length scales and variances as `fit_hyperparameters` finds them, without torch.

    Of more rows than ``most`` each step sees another draw: the length scales then know all rows, in the time
    of a few (stochastic gradients; the penalty keeps the weight that it has beside one draw).

    Parameters
    ----------
    X, z
        Standardised rows [n, d], targets [n].
    penalty
        Of the squared logarithms of the weights.
    steps, rate
        Of Adam.
    lengths
        Keep these length scales, and fit the two variances only, to one draw.
    most
        Rows that a step sees; None takes all.
    """
    first = START * X.shape[1] ** 0.5
    target = (z - z.mean()) / (z.std() or 1.0)
    variances = np.array([0.0, np.log(FIRST_NOISE - LEAST_NOISE)])
    draws = _seen_rows(len(X), most, steps)
    with threadpool_limits(1):  # sums of another order give other last digits
        if lengths is not None:
            seen = next(draws)
            given = VarianceEvidence.of(X[seen], target[seen], lengths)
            scale, extra = np.exp(_climb(repeat(given.loss, steps), variances, repeat(rate)))
            return Hyperparameters(lengths, float(scale), LEAST_NOISE + float(extra))
        start = np.concatenate([np.zeros(X.shape[1]), variances])
        slower = _SLOWER if most is not None and most < len(X) else 1.0
        rates = (rate * (slower if step > _LATE * steps else 1.0) for step in range(1, steps + 1))
        x = _climb((Evidence(X[seen], target[seen], penalty).loss for seen in draws), start, rates)
    scale, extra = np.exp(x[-2:])
    return Hyperparameters(first * np.exp(-x[:-2]), float(scale), LEAST_NOISE + float(extra))


def _seen_rows(n: int, most: int | None, steps: int) -> Iterator[Any]:
    """Rows of each step: all n, or ``most`` drawn without replacement as long as they last."""
    if most is None or n <= most:
        yield from repeat(slice(None), steps)
        return
    rng = derive_rng("rows of the hyperparameters", n, most)
    left = rng.permutation(n)
    for _ in range(steps):
        if len(left) < most:
            left = rng.permutation(n)
        yield left[:most]
        left = left[most:]


def _climb(losses: Iterable[Loss], x: FloatArray, rates: Iterable[float]) -> FloatArray:
    """Where steps of Adam lead from x, each on the next loss and at the next rate."""
    mean, square = np.zeros_like(x), np.zeros_like(x)
    for step, (loss, rate) in enumerate(zip(losses, rates, strict=False), start=1):
        slope = loss(x)[1]
        mean = _DECAYS[0] * mean + (1 - _DECAYS[0]) * slope
        square = _DECAYS[1] * square + (1 - _DECAYS[1]) * slope**2
        unbiased = np.sqrt(square / (1 - _DECAYS[1] ** step)) + 1e-8
        x = x - rate * mean / (1 - _DECAYS[0] ** step) / unbiased
    return x

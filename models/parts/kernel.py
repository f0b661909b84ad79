"""A Gaussian process, Matern 3/2 with one length scale per column: fitted by GPyTorch, used by numpy.

Kernel of standardised rows x, x' (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
eq. 4.17), with r^2 the sum over columns of ((x_i - x'_i) / length_i)^2:

    k(x, x') = scale (1 + sqrt 3 r) exp(-sqrt 3 r)
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist
from threadpoolctl import threadpool_limits

from proxyrank.common.seeds import derive_rng
from proxyrank.common.threads import one_thread
from proxyrank.models.parts.targets import FloatArray

START = 4.0
"""First length scale, in units of the root of the number of columns: the kernel starts nearly linear."""
LEAST_NOISE = 1e-4


@dataclass(frozen=True)
class Hyperparameters:
    """What a fit chose: length scales [d], variances of function and noise for a target of variance 1."""

    lengths: FloatArray
    scale: float
    noise: float


@dataclass(frozen=True)
class Posterior:
    """A process conditioned on rows.

    Attributes
    ----------
    rows
        Rows [n, d] divided by the length scales.
    weights
        Solution [n] of (K + noise) weights = standardised target.
    lengths, scale
        Of the kernel.
    mean, spread
        Of the target, undone on prediction.
    """

    rows: FloatArray
    weights: FloatArray
    lengths: FloatArray
    scale: float
    mean: float
    spread: float

    def predict(self, X: FloatArray) -> FloatArray:
        """Posterior mean [m] at rows [m, d], in units of the target. Each row's value depends on it alone."""
        return predict_alike([self], X)[0]


def predict_alike(processes: Sequence[Posterior], X: FloatArray) -> list[FloatArray]:
    """Posterior means [m] at rows [m, d] of processes that share their rows and length scales.

    Distances, which take most of the time, are computed once.
    """
    first = processes[0]
    values = [np.empty(len(X)) for _ in processes]
    for start in range(0, len(X), 1024):
        part = slice(start, start + 1024)
        distance = root_distance(X[part] / first.lengths, first.rows)
        for own, process in zip(values, processes, strict=True):
            # einsum sums every row in the same order; a matrix product's order depends on how many there are
            own[part] = np.einsum("ij,j->i", matern_of(distance, process.scale), process.weights)
    return [process.mean + process.spread * own for process, own in zip(processes, values, strict=True)]


def root_distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Distance [n, m] of scaled rows a [n, d] and b [m, d], times the root of 3."""
    distance: FloatArray = np.sqrt(3.0) * cdist(a, b)
    return distance


def matern_of(distance: FloatArray, scale: float) -> FloatArray:
    """Covariance of a `root_distance`, of the same shape."""
    covariance: FloatArray = scale * (1.0 + distance) * np.exp(-distance)
    return covariance


def matern(a: FloatArray, b: FloatArray, scale: float) -> FloatArray:
    """Covariance [n, m] of scaled rows a [n, d] and b [m, d]."""
    return matern_of(root_distance(a, b), scale)


def condition(
    X: FloatArray, z: FloatArray, hyper: Hyperparameters, blocks: Sequence[Any]
) -> tuple[Posterior, FloatArray]:
    """Condition on rows X [n, d] with targets z [n], and predict each row without its block.

    Parameters
    ----------
    X, z
        Standardised rows, and targets in any units.
    hyper
        From `fit_hyperparameters`.
    blocks
        Label [n] of the block of each row.

    Returns
    -------
    Posterior
        The process.
    ndarray
        Mean [n] at each row given all rows of other blocks, in closed form (Rasmussen and Williams, 2006,
        section 5.4.2, for blocks): z_B - (K^-1)_BB^-1 (K^-1 z)_B.
    """
    mean, spread = float(z.mean()), float(z.std() or 1.0)
    target = (z - mean) / spread
    rows = X / hyper.lengths
    covariance = matern(rows, rows, hyper.scale) + hyper.noise * np.eye(len(X))
    with threadpool_limits(1):  # last digits depend on the number of threads
        factor = cho_factor(covariance, lower=True)
        weights = cho_solve(factor, target)
        inverse = cho_solve(factor, np.eye(len(X)))
    posterior = Posterior(rows, weights, hyper.lengths, hyper.scale, mean, spread)
    left_out = np.empty(len(X))
    positions: dict[Any, list[int]] = {}
    for i, block in enumerate(blocks):
        positions.setdefault(block, []).append(i)
    for own in positions.values():
        left_out[own] = target[own] - np.linalg.solve(inverse[np.ix_(own, own)], weights[own])
    return posterior, mean + spread * left_out


def condition_on(covariance: FloatArray, position: int, noise: float) -> None:
    """Posterior covariance [n, n], in place, once the row at a position has a label with that noise variance.

    The rank-one update of Rasmussen and Williams, 2006, eq. 2.24, for one row. A mean that is believed to be
    right stays as it is, so that this is also the step of the kriging believer.
    """
    column = covariance[:, position].copy()
    # rounding may leave a variance just below zero
    covariance -= np.outer(column, column / (max(column[position], 0.0) + noise))


def fit_hyperparameters(
    X: FloatArray,
    z: FloatArray,
    *,
    penalty: float,
    steps: int = 40,
    rate: float = 0.1,
    lengths: FloatArray | None = None,
    most: int | None = None,
) -> Hyperparameters:
    """Maximum a posteriori by Adam: marginal likelihood minus penalty times the summed squared log weights.

    A column's weight is the first length scale over its own. The prior is what keeps hundreds of columns from
    overfitting a few rows.

    Parameters
    ----------
    X, z
        Standardised rows [n, d], targets [n].
    penalty
        Of the squared logarithms of the weights.
    steps, rate
        Of Adam.
    lengths
        Keep these length scales, and fit the two variances only.
    most
        Rows that are looked at, a seeded subset where there are more; None takes all.

    Notes
    -----
    On one thread: sums of another order give other last digits, which forty steps make visible.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # GPyTorch's own, on being imported
        import gpytorch
    import torch

    if most is not None and most < len(X):
        rng = derive_rng("rows of the hyperparameters", len(X), most)
        few = np.sort(rng.choice(len(X), most, replace=False))
        X, z = X[few], z[few]

    class Process(gpytorch.models.ExactGP):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(rows, target, likelihood)
            self.mean_module, self.covar_module = gpytorch.means.ZeroMean(), kernel

        def forward(self, x: torch.Tensor) -> Any:
            return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))

    def positive(value: float, least: float = 0.0) -> Any:
        return gpytorch.constraints.GreaterThan(
            least, transform=torch.exp, inv_transform=torch.log, initial_value=value
        )

    with one_thread():
        # single precision finds the same maximum in half the time
        rows = torch.from_numpy(X.astype(np.float32))
        target = torch.from_numpy(((z - z.mean()) / (z.std() or 1.0)).astype(np.float32))
        likelihood = gpytorch.likelihoods.GaussianLikelihood(noise_constraint=positive(0.05, LEAST_NOISE))
        matern_kernel = gpytorch.kernels.MaternKernel(
            nu=1.5, ard_num_dims=X.shape[1], lengthscale_constraint=positive(1.0)
        )
        kernel = gpytorch.kernels.ScaleKernel(matern_kernel, outputscale_constraint=positive(1.0))
        process = Process()
        first = START * X.shape[1] ** 0.5
        start = np.full(X.shape[1], first) if lengths is None else lengths
        matern_kernel.lengthscale = torch.from_numpy(start.astype(np.float32))[None]
        matern_kernel.raw_lengthscale.requires_grad_(lengths is None)
        likelihood_of = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, process)
        process.train()
        wanted = [parameter for parameter in process.parameters() if parameter.requires_grad]
        optimiser = torch.optim.Adam(wanted, lr=rate)
        with gpytorch.settings.max_cholesky_size(10**6):
            for _ in range(steps):
                optimiser.zero_grad()
                weights = matern_kernel.raw_lengthscale - float(np.log(first))
                loss = penalty * weights.square().sum() - len(X) * likelihood_of(process(rows), target)
                loss.backward()
                optimiser.step()
        found = matern_kernel.lengthscale.detach().numpy()[0].astype(np.float64)
        return Hyperparameters(
            found if lengths is None else lengths,
            float(kernel.outputscale.detach()),
            float(likelihood.noise.detach()),
        )

"""Eigenvalues of a Fisher matrix and what is read off them."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

from proxyrank.common.errors import NotApplicableError, ProxyrankError

LEVELS = tuple(range(10, 100, 10))
"""Deciles, in percent; the ends of the spectrum are not used."""

DEGENERATE = "degenerate spectrum"

_GUARD = 1e-10
"""Added in the published entropy to the sum of the deciles and inside the logarithm."""


def eigenvalues(matrix: Tensor, *, tolerance: float | None = None) -> np.ndarray:
    """Eigenvalues of a symmetric positive semidefinite matrix, float64, ascending.

    Those below ``tolerance`` times the largest, negative ones included, are zero. Clearly negative is below
    -1e-10 times the largest, or below minus the tolerance where that is more.

    Parameters
    ----------
    matrix
        [d, d]; solved in float64 on the CPU whatever its precision and device are.
    tolerance
        Share of the largest eigenvalue; by default d times the unit rounding of the matrix's precision, the
        error bound of the solver. (Float32 derivatives add less than that: dead directions are exact zeros.)

    Raises
    ------
    NotApplicableError
        "degenerate spectrum" if the matrix is zero; another reason if it has values that are not finite or no
        solver converges.
    ProxyrankError
        If the matrix is not square, or an eigenvalue is clearly negative.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        raise ProxyrankError(f"expected a square matrix, got {list(matrix.shape)}")
    if tolerance is None:
        tolerance = len(matrix) * torch.finfo(matrix.dtype).eps
    dense = matrix.detach().double().cpu().numpy()
    if not np.isfinite(dense).all():
        raise NotApplicableError("the Fisher matrix has values that are not finite")
    found = _solve((dense + dense.T) / 2)
    largest = float(found[-1])
    if largest <= 0 and found[0] >= 0:
        raise NotApplicableError(DEGENERATE)
    if found[0] < -max(tolerance, 1e-10) * abs(largest) or largest <= 0:
        raise ProxyrankError(
            f"the matrix is not positive semidefinite: eigenvalues from {found[0]:.3g} to {largest:.3g}"
        )
    return np.where(found < tolerance * largest, 0.0, found)


def _solve(dense: np.ndarray) -> np.ndarray:
    """Eigenvalues, ascending, by divide and conquer, then by the QR algorithm should that not converge."""
    solvers: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        np.linalg.eigvalsh,
        lambda matrix: scipy.linalg.eigh(matrix, eigvals_only=True, driver="ev"),
    )
    for solve in solvers:
        with suppress(np.linalg.LinAlgError):
            return solve(dense)
    raise NotApplicableError("the eigenvalue solver did not converge")


def deciles(spectrum: np.ndarray) -> np.ndarray:
    """[9] quantiles 0.1 to 0.9 of the eigenvalues, linear interpolation.

    Raises
    ------
    NotApplicableError
        "degenerate spectrum" if all nine are zero.
    """
    found: np.ndarray = np.quantile(spectrum, [level / 100 for level in LEVELS])
    if not found.any():
        raise NotApplicableError(DEGENERATE)
    return found


def decile_entropy(values: np.ndarray) -> float:
    """Entropy of the deciles, natural logarithm, at most ln 9 (arXiv 2502.04975, equation 8).

    The published guard of 1e-10 is absolute, so the entropy of a tiny spectrum depends on its scale.
    """
    share = values / (np.abs(values).sum() + _GUARD)
    return float(-(share * np.log(share + _GUARD)).sum())


def effective_rank(spectrum: np.ndarray) -> float:
    """Exponential of the entropy of the normalised eigenvalues (Roy and Vetterli, EUSIPCO 2007)."""
    share = spectrum[spectrum > 0] / spectrum.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def cramer_rao_bound(spectrum: np.ndarray) -> float:
    """Sum of 1 / eigenvalue over the eigenvalues that are not zero."""
    return float((1 / spectrum[spectrum > 0]).sum())

"""Eigenvalues of matrices that are semidefinite by construction."""

from typing import TYPE_CHECKING, Any

import numpy as np

from proxyrank.common.errors import NotApplicableError

if TYPE_CHECKING:
    from torch import Tensor


def rounding(dtype: "torch_dtype", size: int) -> float:
    """Share of the largest eigenvalue below which one of a ``size`` x ``size`` matrix is rounding noise."""
    import torch

    return size * torch.finfo(dtype).eps


torch_dtype = Any


def correlation_rounding(size: int) -> float:
    """Eigenvalue below which a correlation matrix of ``size`` gradients of single precision is singular.

    A gradient is known to ``size`` roundings, relative to its length; the eigenvalues of the correlations are
    squares of the singular values of the scaled gradients, of which the largest is at most sqrt(size). Equal
    images give 1e-15; the smallest of 15,284 cells, 64 images of ImageNet16-120, is 2e-5.
    """
    return size * (size * float(np.finfo(np.float32).eps)) ** 2


def psd_eigenvalues(matrix: "Tensor") -> np.ndarray:
    """Eigenvalues, ascending, float64; those that rounding made negative are zero.

    Parameters
    ----------
    matrix
        Symmetric and semidefinite up to the rounding of its own precision.

    Raises
    ------
    NotApplicableError
        If an entry is not finite, the solver fails in double precision too, or an eigenvalue is clearly
        negative.
    """
    import torch

    if not bool(torch.isfinite(matrix).all()):
        raise NotApplicableError("overflow: matrix is not finite")
    values: np.ndarray
    try:
        values = torch.linalg.eigvalsh(matrix).double().cpu().numpy()
    except RuntimeError:  # torch's LinAlgError; drivers raise others
        try:
            values = np.linalg.eigvalsh(matrix.double().cpu().numpy())
        except np.linalg.LinAlgError:
            raise NotApplicableError("eigenvalue solver failed") from None
    largest = float(np.abs(values).max())
    if values.min() < -100.0 * rounding(matrix.dtype, len(values)) * largest:
        raise NotApplicableError("negative eigenvalue of a semidefinite matrix")
    return values.clip(min=0.0)

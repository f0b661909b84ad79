"""NASWOT: log-determinant of the kernel of binary activation codes."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import psd_eigenvalues
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def log_determinant(kernel: np.ndarray) -> float:
    """Log |det K| of a semidefinite kernel.

    Raises
    ------
    NotApplicableError
        If the kernel is singular: an eigenvalue is under B times the float64 rounding of the largest.
    """
    import torch

    values = psd_eigenvalues(torch.from_numpy(kernel))
    if values[0] <= len(values) * np.finfo(np.float64).eps * values[-1]:
        raise NotApplicableError("degenerate: singular kernel")
    return float(np.linalg.slogdet(kernel)[1])


def naswot(passes: "Passes") -> dict[str, float]:
    """`log_determinant` of the counts of agreeing ReLU units."""
    if not passes.train_pass.code_length:
        raise NotApplicableError("no ReLU")
    return {"naswot": log_determinant(passes.train_pass.code_agreement)}


PROXY = Proxy(
    name="naswot",
    compute=naswot,
    meaning="how different the ReLU patterns of the images are",
    paper="Mellor et al., Neural Architecture Search without Training, ICML 2021, arXiv 2006.04647",
    reads=("train_pass",),
    minimum_batch=2,
    cost=1.5,
    depends_on=frozenset({"dead"}),
    minimum_network="a ReLU",
)

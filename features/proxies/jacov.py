"""Jacobian covariance: how differently the network reacts to different images."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import correlation_rounding
from proxyrank.features.proxies.base import PINK, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def jacobian_covariance(jacobian: np.ndarray) -> float:
    """Minus the sum of log(v + 1e-5) + 1 / (v + 1e-5), v the eigenvalues of the images' correlation matrix.

    Parameters
    ----------
    jacobian
        [B, pixels] float64: gradient of the sum of an image's logits.

    Raises
    ------
    NotApplicableError
        If the gradient of an image is constant, so that it has no correlation, or the correlation matrix is
        singular: the published value is then 1e5 (over its epsilon) for each eigenvalue of zero.
    """
    if not np.isfinite(jacobian).all():
        raise NotApplicableError("overflow: input gradient is not finite")
    if (np.ptp(jacobian, axis=1) == 0.0).any():
        raise NotApplicableError("degenerate: zero input gradient")
    values = np.linalg.eigvalsh(np.corrcoef(jacobian))
    if values[0] <= correlation_rounding(len(values)):
        raise NotApplicableError("degenerate: singular correlation matrix")
    return float(-np.sum(np.log(values + 1e-5) + 1.0 / (values + 1e-5)))


def jacov(passes: "Passes") -> dict[str, float]:
    """`jacobian_covariance` of the first batch in train mode."""
    return {"jacov": jacobian_covariance(passes.input_gradient)}


PROXY = Proxy(
    name="jacov",
    compute=jacov,
    meaning="how little the input gradients of different images correlate",
    paper="Mellor et al., Neural Architecture Search without Training, arXiv 2006.04647v1",
    reads=("input_gradient",),
    minimum_batch=2,
    cost=2.0,
    minimum_network="logits that depend on the image",
    defaults=PINK,
)

"""Expressivity and progressivity of AZ-NAS: entropy of the features' principal components, and its growth."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import psd_eigenvalues
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes


def feature_shares(features: "Tensor") -> np.ndarray:
    """Shares [C] of the principal components in the variance over images and pixels, ascending.

    Parameters
    ----------
    features
        [B, C, H, W].

    Raises
    ------
    NotApplicableError
        If the features are constant, so that there is no distribution to speak of.
    """
    rows = features.detach().permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    rows = rows - rows.mean(dim=0, keepdim=True)
    values = psd_eigenvalues(rows.T @ rows / len(rows))
    if values.sum() == 0.0:
        raise NotApplicableError("degenerate: zero features")
    shares: np.ndarray = values / values.sum()
    return shares


def block_shares(passes: "Passes") -> list[np.ndarray]:
    """`feature_shares` of the output of every block, stem first."""
    blocks = passes.train_pass.blocks
    if not blocks:
        raise NotApplicableError("no block with image features")
    return [feature_shares(block) for block in blocks]


def block_entropies(passes: "Passes") -> list[float]:
    """Entropy of the components of every block's output, stem first."""
    return [float(-np.sum(share * np.log(share + 1e-8))) for share in passes.once(block_shares)]


def expressivity(passes: "Passes") -> dict[str, float]:
    """Sum of the blocks' entropies."""
    return {"expressivity": sum(block_entropies(passes))}


PROXY = Proxy(
    name="expressivity",
    compute=expressivity,
    meaning="summed entropy of the principal components of every block's features",
    paper="Lee and Ham, AZ-NAS, CVPR 2024, arXiv 2403.19232",
    reads=("train_pass",),
    minimum_batch=2,
    cost=1.3,
    minimum_network="a block with image features",
)

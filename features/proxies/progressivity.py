"""Progressivity of AZ-NAS: the smallest growth of the features' entropy from one block to the next."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.proxies.expressivity import block_entropies

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def progressivity(passes: "Passes") -> dict[str, float]:
    """Minimum over blocks i >= 1 of e_i - e_(i-1), e the entropy of expressivity."""
    entropies = block_entropies(passes)
    if len(entropies) < 2:
        raise NotApplicableError("fewer than two blocks with image features")
    return {"progressivity": float(np.diff(entropies).min())}


PROXY = Proxy(
    name="progressivity",
    compute=progressivity,
    meaning="smallest growth of the features' entropy from block to block",
    paper="Lee and Ham, AZ-NAS, CVPR 2024, arXiv 2403.19232",
    reads=("train_pass",),
    minimum_batch=2,
    cost=1.3,
    minimum_network="two blocks with image features",
)

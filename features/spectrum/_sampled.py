"""A Monte-Carlo form of the exact Fisher matrix: a few drawn classes an image instead of all of them.

The exact matrix is the mean over images of the covariance of e_y - p under y ~ p, seen through the Jacobian;
with m classes drawn per image it is estimated without bias by m backward passes.
"""

import torch
from torch import Tensor

from proxyrank.common.seeds import derive_rng
from proxyrank.features.spectrum._taps import Directions
from proxyrank.features.spectrum.matrix import smoothed_probabilities


def drawn_directions(draws: int, seed: int) -> Directions:
    """Directions e_y - p [B, m, K] of drawn classes, for parts of a batch one after the other.

    Each call goes on in one stream, so that every image has draws of its own.
    """
    rng = derive_rng("sampled fisher", seed)

    def directions(logits: Tensor) -> Tensor:
        p = smoothed_probabilities(logits)
        p = p / p.sum(dim=1, keepdim=True)
        uniform = torch.from_numpy(rng.random((len(p), draws)))
        classes = torch.searchsorted(p.cumsum(dim=1), uniform).clamp(max=p.shape[1] - 1)
        found = torch.nn.functional.one_hot(classes, p.shape[1]) - p[:, None, :]
        return found.to(logits)

    return directions

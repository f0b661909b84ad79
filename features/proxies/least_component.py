"""Smallest share of a principal component in any block's features: zero where features lost a direction."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import rounding
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.proxies.expressivity import block_shares

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def least_component(passes: "Passes") -> dict[str, float]:
    """Minimum over blocks of the smallest share; zero where it is below the rounding of the features.

    Blocks of no more pixels (of all images) than channels stay out: their covariance is singular by itself.
    So is that of a linear layer to more channels than its patch has entries (a 3 x 3 stem of over 27): do not
    compare stems of different widths by it. The published code of AZ-NAS has no entropy of singular features
    where rounding makes their smallest eigenvalue negative: its logarithm is NaN, and the network ranks last.

    Raises
    ------
    NotApplicableError
        If no block says anything, or the features are of half precision, which tells no small share from
        zero.
    """
    import torch

    if passes.batch.x.dtype in (torch.float16, torch.bfloat16):
        raise NotApplicableError("half precision tells no small share from zero")
    least = []
    for block, shares in zip(passes.train_pass.blocks, passes.once(block_shares), strict=True):
        if block.numel() <= len(shares) ** 2:
            continue
        singular = shares[0] < rounding(block.dtype, len(shares)) * shares[-1]
        least.append(0.0 if singular else float(shares[0]))
    if not least:
        raise NotApplicableError("no block of more pixels than channels")
    return {"least_component": min(least)}


PROXY = Proxy(
    name="least_component",
    compute=least_component,
    meaning="smallest share of a principal component of any block's features, 0 where they are singular",
    paper="this project, after the NaN of Lee and Ham, AZ-NAS, CVPR 2024",
    reads=("train_pass",),
    minimum_batch=2,
    cost=1.3,
    minimum_network="a block of image features, more pixels than channels",
)

"""ZiCo: mean over spread of the gradient from batch to batch."""

import math
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def zico(passes: "Passes") -> dict[str, float]:
    """Sum over conv and linear layers of log of the sum over weights of mean |g| / std g, of two batches.

    With two batches the standard deviation is |g1 - g2| / 2; weights with none are left out, and so are
    layers whose sum is zero; a network without any other layer has no value. One weight with g1 close to g2
    can dominate its layer; in single precision the rounding of the gradients decides such layers (by up to 2
    in their logarithm, in the published code as well), and their errors cancel in the sum or do not.
    """
    first, second = passes.loss_gradients.parameters, passes.second_loss_gradients
    terms = []
    for name, g2 in second.items():
        g1 = first[name]
        mean, spread = (g1.abs() + g2.abs()) / 2.0, (g1 - g2).abs() / 2.0
        moved = spread != 0.0
        ratio = float((mean[moved] / spread[moved]).sum())
        if ratio > 0.0:
            terms.append(math.log(ratio))
    if not terms:
        raise NotApplicableError("degenerate: no gradient differs between the batches")
    return {"zico": sum(terms)}


PROXY = Proxy(
    name="zico",
    compute=zico,
    meaning="large and steady gradients from batch to batch, in logarithms a layer",
    paper="Li et al., ZiCo, ICLR 2023, arXiv 2301.11300",
    reads=("loss_gradients", "second_loss_gradients"),
    labels=True,
    second_batch=True,
    minimum_batch=2,
    cost=6.0,
)

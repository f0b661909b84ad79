"""SNIP: how much the loss depends on the presence of each weight."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def snip(passes: "Passes") -> dict[str, float]:
    """Sum over conv and linear weights of |w dL/dw|."""
    slopes = passes.loss_gradients.parameters
    terms = (float((w.detach() * slopes[name]).abs().sum()) for name, w in passes.weights.items())
    return {"snip": sum(terms)}


PROXY = Proxy(
    name="snip",
    compute=snip,
    meaning="summed sensitivity of the loss to removing weights",
    paper="Lee et al., SNIP, ICLR 2019, arXiv 1810.02340",
    reads=("loss_gradients",),
    labels=True,
    minimum_batch=2,
    cost=3.0,
)

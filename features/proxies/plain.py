"""Plain: signed sensitivity of the loss to the weights."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def plain(passes: "Passes") -> dict[str, float]:
    """Sum over conv and linear weights of w dL/dw, with its sign."""
    slopes = passes.loss_gradients.parameters
    terms = (float((w.detach() * slopes[name]).sum()) for name, w in passes.weights.items())
    return {"plain": sum(terms)}


PROXY = Proxy(
    name="plain",
    compute=plain,
    meaning="sum of weight times gradient",
    paper="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv 2101.08134",
    reads=("loss_gradients",),
    labels=True,
    minimum_batch=2,
    cost=3.0,
)

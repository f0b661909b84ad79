"""Plain: signed sensitivity of the loss to the weights."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import ZERO_GRADIENT, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def plain(passes: "Passes") -> dict[str, float]:
    """Sum over conv and linear weights of w dL/dw, with its sign; no value where every gradient is zero."""
    slopes = passes.loss_gradients.parameters
    if not any(bool(slopes[name].any()) for name in passes.weights):
        raise NotApplicableError(ZERO_GRADIENT)
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

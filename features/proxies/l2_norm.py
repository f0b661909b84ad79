"""Norm of the weights."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def l2_norm(passes: "Passes") -> dict[str, float]:
    """Sum over conv and linear layers of the Euclidean norm of the weight."""
    return {"l2_norm": sum(float(weight.detach().norm()) for weight in passes.weights.values())}


PROXY = Proxy(
    name="l2_norm",
    compute=l2_norm,
    meaning="summed norms of the weight tensors",
    paper="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv 2101.08134",
    cost=0.0,
    depends_on=frozenset({"dead"}),
)

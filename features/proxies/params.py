"""Number of parameters."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def params(passes: "Passes") -> dict[str, float]:
    """Entries of all parameter tensors, shared ones once."""
    return {"params": float(sum(parameter.numel() for parameter in passes.network.parameters()))}


PROXY = Proxy(
    name="params",
    compute=params,
    meaning="number of parameters",
    paper="Dong et al., NATS-Bench, TPAMI 2021",
    cost=0.0,
    depends_on=frozenset({"dead"}),
    minimum_network="any module",
)

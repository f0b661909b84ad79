"""VKDNW as a column group of the same shared computation: the spectrum of the Fisher information."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.passes import Passes

COLUMNS = (*(f"vkdnw_q{10 * i}" for i in range(1, 10)), "vkdnw_entropy", "vkdnw_dim")


def vkdnw(passes: "Passes") -> dict[str, float]:
    """The nine deciles, their entropy and the number of parameter tensors, of the network in eval mode."""
    from proxyrank.features.fisher.vkdnw import vkdnw_features

    return vkdnw_features(passes.network, passes.batch)


PROXY = Proxy(
    name="vkdnw",
    compute=vkdnw,
    meaning="entropy and deciles of the Fisher information's eigenvalues",
    paper="Tybl and Neumann, VKDNW, CVPR 2025, arXiv 2502.04975",
    columns=COLUMNS,
    cost=8.0,
)

"""VKDNW as a column group of the same shared computation: the spectrum of the Fisher information."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Missing, Proxy
from proxyrank.features.settings import FISHER, IMAGES

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

COLUMNS = (*(f"vkdnw_q{10 * i}" for i in range(1, 10)), "vkdnw_entropy", "vkdnw_dim")


def vkdnw(passes: "Passes") -> dict[str, "float | Missing"]:
    """Nine deciles, their entropy and the number of parameter tensors, of the network in eval mode.

    Where the spectrum has no description, the number of tensors still stands.
    """
    try:
        found = passes.fisher_spectrum
    except NotApplicableError as error:
        gaps: dict[str, float | Missing] = dict.fromkeys(COLUMNS, Missing(str(error)))
        return {**gaps, "vkdnw_dim": float(sum(1 for _ in passes.network.parameters()))}
    return {column: found[column] for column in COLUMNS}


PROXY = Proxy(
    name="vkdnw",
    compute=vkdnw,
    meaning="entropy and deciles of the Fisher information's eigenvalues",
    paper="Tybl and Neumann, VKDNW, CVPR 2025, arXiv 2502.04975",
    reads=("fisher_spectrum",),
    columns=COLUMNS,
    cost=8.0,
    depends_on=frozenset({"dead", "order"}),
    settings=(*IMAGES, *FISHER),
)

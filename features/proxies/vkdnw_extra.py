"""What else the spectrum of the Fisher information says, outside the group ``vkdnw`` of the paper."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Missing, Proxy
from proxyrank.features.proxies.vkdnw import COLUMNS as _GROUP
from proxyrank.features.settings import FISHER, IMAGES

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

_MORE = ("trace", "lambda_max", "effective_rank", "cramer_rao")
_SPECTRUM = tuple(column for column in _GROUP if column != "vkdnw_dim")
COLUMNS = (
    *(f"vkdnw_{name}" for name in _MORE),
    *(column.replace("vkdnw_", "vkdnw_fisher_") for column in _SPECTRUM),
    *(f"vkdnw_fisher_{name}" for name in _MORE),
)


def vkdnw_extra(passes: "Passes") -> dict[str, "float | Missing"]:
    """Trace, largest eigenvalue, effective rank and Cramer-Rao bound; all of it for J^T Sigma J as well."""
    found = passes.fisher_spectrum
    degenerate = Missing("degenerate spectrum of the Fisher form")
    return {column: found.get(column, degenerate) for column in COLUMNS}


PROXY = Proxy(
    name="vkdnw_extra",
    compute=vkdnw_extra,
    meaning="trace, largest eigenvalue, effective rank, Cramer-Rao bound; the spectrum of J' Sigma J",
    paper="Tybl and Neumann, VKDNW, CVPR 2025, arXiv 2502.04975",
    reads=("fisher_spectrum",),
    columns=COLUMNS,
    cost=8.0,
    depends_on=frozenset({"dead", "order"}),
    settings=(*IMAGES, *FISHER),
)

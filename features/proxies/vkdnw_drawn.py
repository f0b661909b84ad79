"""The entropy that the published search of VKDNW ranks by: of tensors drawn at random."""

from dataclasses import replace
from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy
from proxyrank.features.settings import FISHER, IMAGES

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

COLUMN = "vkdnw_drawn_entropy"


def vkdnw_drawn(passes: "Passes") -> dict[str, float]:
    """Entropy of the deciles for the first scalar of 128 parameter tensors, drawn by their number.

    The tables take the first 128 tensors instead (`vkdnw`); the search code draws them anew from a generator
    seeded by how many the network has.
    """
    from proxyrank.features.spectrum.describe import vkdnw_features
    from proxyrank.features.spectrum.fisher_settings import FisherSettings

    own = passes.fisher or FisherSettings()
    drawn = replace(own, selection=replace(own.selection, drawn=True))
    return {COLUMN: vkdnw_features(passes.network, passes.batch, settings=drawn)["vkdnw_entropy"]}


PROXY = Proxy(
    name="vkdnw_drawn",
    compute=vkdnw_drawn,
    meaning="entropy of the Fisher spectrum of tensors drawn at random, as the published search ranks",
    paper="Tybl and Neumann, VKDNW, CVPR 2025, its search code",
    columns=(COLUMN,),
    cost=8.0,
    depends_on=frozenset({"dead", "order"}),
    settings=(*IMAGES, *FISHER),
)

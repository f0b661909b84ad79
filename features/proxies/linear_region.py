"""Number of linear regions that a batch meets (TE-NAS)."""

from typing import TYPE_CHECKING

import numpy as np

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def linear_region(passes: "Passes") -> dict[str, float]:
    """Different patterns of all ReLU outputs among the images of the batch, from 1 to B."""
    run = passes.train_pass
    if not run.code_length:
        raise NotApplicableError("no ReLU")
    same = run.code_agreement == run.code_length
    first = np.argmax(same, axis=1)  # the first image with the same pattern
    return {"linear_region": float(len(np.unique(first)))}


PROXY = Proxy(
    name="linear_region",
    compute=linear_region,
    meaning="different ReLU patterns in the batch",
    paper="Chen et al., TE-NAS, ICLR 2021, arXiv 2102.11535",
    reads=("train_pass",),
    minimum_batch=2,
    cost=1.5,
    depends_on=frozenset({"dead"}),
    minimum_network="a ReLU",
)

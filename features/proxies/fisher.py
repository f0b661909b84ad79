"""Fisher pruning: sensitivity of the loss to removing whole channels."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def fisher(passes: "Passes") -> dict[str, float]:
    """Half the squared first-order change of the loss when a channel is dropped, summed over channels.

    With a the output of a conv or linear layer and g the gradient of the mean cross-entropy with respect to
    it: sum over layers and channels of the mean over images of (sum over pixels of a g)^2 / 2.
    """
    terms = (float(change.square().mean(dim=0).sum()) / 2.0 for change in passes.loss_gradients.saliency)
    return {"fisher": sum(terms)}


PROXY = Proxy(
    name="fisher",
    compute=fisher,
    meaning="summed sensitivity of the loss to removing channels",
    paper="Turner et al., BlockSwap, ICLR 2020, arXiv 1906.04113; Abdelfattah et al., arXiv 2101.08134",
    reads=("loss_gradients",),
    labels=True,
    minimum_batch=2,
    cost=3.2,
)

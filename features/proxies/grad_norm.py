"""Norm of the loss gradient."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def grad_norm(passes: "Passes") -> dict[str, float]:
    """Euclidean norm of the gradient of the cross-entropy, BatchNorm and biases included."""
    squares = (float(g.square().sum()) for g in passes.loss_gradients.parameters.values())
    return {"grad_norm": sum(squares) ** 0.5}


PROXY = Proxy(
    name="grad_norm",
    compute=grad_norm,
    meaning="norm of the loss gradient over all parameters",
    paper="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv 2101.08134",
    reads=("loss_gradients",),
    labels=True,
    minimum_batch=2,
    cost=3.0,
    depends_on=frozenset({"dead"}),  # the bias of a BatchNorm that reads zeros has a gradient
    minimum_network="a parameter",
)

"""FLOPs and parameters: the sizes of the network, by the convention of NATS-Bench."""

import math
from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def flops(passes: "Passes") -> dict[str, float]:
    """Multiply-accumulates of the conv and linear layers that run, plus one a bias output, an image.

    BatchNorm, ReLU, pooling and functional convolutions are not counted; layers whose output reaches nothing
    are, because they run. Counted by hooks on one image in eval mode.
    """
    import torch
    from torch import Tensor, nn

    from proxyrank.features.network._recording import recorded
    from proxyrank.features.network.passes import weight_layers
    from proxyrank.features.spectrum._frozen import undisturbed

    total = 0

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        assert isinstance(layer.weight, Tensor)
        total += output[0].numel() * (math.prod(layer.weight.shape[1:]) + (layer.bias is not None))

    network = passes.network
    with (
        undisturbed(network),
        recorded([layer.register_forward_hook(count) for _, layer in weight_layers(network)]),
        torch.no_grad(),
    ):
        network(passes.images()[:1])
    return {"flops": float(total)}


PROXY = Proxy(
    name="flops",
    compute=flops,
    meaning="multiply-accumulates of conv and linear layers, an image",
    paper="Dong et al., NATS-Bench, TPAMI 2021",
    cost=0.1,
    depends_on=frozenset({"dead"}),
    minimum_network="any module",
)

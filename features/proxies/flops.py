"""FLOPs: the multiply-accumulates of the network, by the convention of NATS-Bench."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def flops(passes: "Passes") -> dict[str, float]:
    """Multiply-accumulates of all products that run, plus one per output with a bias, for one image.

    Convolutions (plain, grouped, transposed), linear maps and attention, however the network is written: half
    of what `torch.utils.flop_counter.FlopCounterMode` counts, and the biases of convolutions and linear maps.
    BatchNorm, activations and pooling are not counted; products whose output reaches nothing are, because
    they run. Counted on a copy of the network in eval mode.
    """
    import torch

    from proxyrank.features.network._copying import copy_of
    from proxyrank.features.network.operations import (
        MultiplyAccumulates,
        attention_as_products,
        recurrence_as_products,
    )
    from proxyrank.features.spectrum._frozen import left_as_it_was

    network, count = copy_of(passes.network), MultiplyAccumulates()
    with (
        left_as_it_was(network),
        attention_as_products(),
        recurrence_as_products(),
        torch.inference_mode(),
        count,
    ):
        network(passes.images()[:1])
    return {"flops": float(count.total)}


PROXY = Proxy(
    name="flops",
    compute=flops,
    meaning="multiply-accumulates of convolutions, linear maps and attention, for one image",
    paper="Dong et al., NATS-Bench, TPAMI 2021",
    cost=0.1,
    depends_on=frozenset({"dead"}),
    minimum_network="any module",
)

"""Sizes of a network that has no closed form: built and run once."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from proxyrank.spaces.data import DataShape

if TYPE_CHECKING:
    from torch import nn


def measured(build: "Callable[[], nn.Module]", shape: DataShape) -> tuple[int, int, int]:
    """FLOPs, parameters and parameter tensors, as in `proxyrank.spaces.Sizes`.

    FLOPs are those of the conv and linear modules that run on one image. Torch's global generator is left as
    it was.

    Parameters
    ----------
    build
        Makes the network.
    shape
        Of the image.
    """
    import torch
    from torch import Tensor, nn

    flops = 0

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal flops
        assert isinstance(layer.weight, Tensor)
        flops += output[0].numel() * (math.prod(layer.weight.shape[1:]) + (layer.bias is not None))

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        network = build().eval()
        for layer in network.modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear):
                layer.register_forward_hook(count)
        network(torch.zeros(1, *shape.shape, dtype=torch.int64 if shape.words else None))
    parameters = list(network.parameters())
    return flops, sum(parameter.numel() for parameter in parameters), len(parameters)

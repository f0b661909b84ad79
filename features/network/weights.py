"""Seeded weights that never touch torch's global generator."""

import math

import numpy as np
import torch
from torch import nn

from proxyrank.common.seeds import derive_rng
from proxyrank.features.network.passes import weight_layers

_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)


def initialise(network: nn.Module, seed: int) -> None:
    """Kaiming-normal weights (fan in, gain sqrt 2) of conv and linear layers, in place.

    Tensor i of the network draws from a generator of its own, seeded by ``seed`` and i. Norm layers scale by
    one, biases of all these layers are zero; parameters of other modules stay.
    """
    _draw(network, seed, kaiming=True)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, _NORMS):
                if isinstance(module, nn.modules.batchnorm._NormBase):
                    module.reset_running_stats()
                if module.weight is not None:
                    module.weight.fill_(1.0)
                if module.bias is not None:
                    module.bias.zero_()
        for _, layer in weight_layers(network):
            if layer.bias is not None:
                layer.bias.zero_()


def fill_standard_normal(network: nn.Module, seed: int) -> None:
    """Set the conv and linear weights to the draws of `initialise` without its factor, in place."""
    _draw(network, seed, kaiming=False)


def _draw(network: nn.Module, seed: int, *, kaiming: bool) -> None:
    drawn = {layer.weight for _, layer in weight_layers(network)}
    with torch.no_grad():
        for i, parameter in enumerate(network.parameters()):
            if parameter not in drawn:
                continue
            shape = tuple(parameter.shape)
            values = derive_rng("weights", seed, i).standard_normal(shape, dtype=np.float32)
            if kaiming:
                values *= math.sqrt(2.0 / math.prod(shape[1:]))
            parameter.copy_(torch.from_numpy(values))

"""Seeded weights that never touch torch's global generator."""

import math

import numpy as np
import torch
from torch import nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.common.seeds import derive_rng
from proxyrank.features.network.layers import weight_layers, weight_names
from proxyrank.features.network.parametrised import assign, own_tensors

_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)


def initialise(network: nn.Module, seed: int) -> None:
    """Kaiming-normal weights (fan in, gain sqrt 2) of conv and linear maps, in place.

    Tensor i of the network draws from a generator of its own, seeded by ``seed`` and i. Norm layers scale by
    one, biases of all these layers are zero; parameters of other modules stay. The projections of attention
    are linear maps. A computed weight (weight norm, spectral norm) counts as one tensor and becomes what its
    computation makes of the draw.

    Raises
    ------
    NotApplicableError
        If a computed weight cannot be set, or the layers are hidden in a scripted module.
    """
    if any(isinstance(module, torch.jit.ScriptModule) for module in network.modules()):
        raise NotApplicableError("the layers of a scripted module cannot be drawn anew: score it unscripted")
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
            if isinstance(module, nn.MultiheadAttention) and module.in_proj_bias is not None:
                module.in_proj_bias.zero_()
        for _, layer in weight_layers(network):
            if layer.bias is not None:
                layer.bias.zero_()


def fill_standard_normal(network: nn.Module, seed: int) -> None:
    """Set the conv and linear weights to the draws of `initialise` without its factor, in place."""
    _draw(network, seed, kaiming=False)


def fan_in(module: nn.Module, shape: tuple[int, ...]) -> float:
    """How many products each output of a conv or linear map of this weight sums.

    Of a transposed convolution on average over its outputs: a stride spreads its kernel over so many of them.
    """
    if isinstance(module, nn.modules.conv._ConvTransposeNd):
        taps = (max(kernel / stride, 1.0) for kernel, stride in zip(shape[2:], module.stride, strict=True))
        return math.prod(taps, start=module.in_channels / module.groups)
    return math.prod(shape[1:])


def _draw(network: nn.Module, seed: int, *, kaiming: bool) -> None:
    for i, (module, name) in enumerate(own_tensors(network)):
        if name not in weight_names(module):
            continue
        shape = tuple(getattr(module, name).shape)
        values = derive_rng("weights", seed, i).standard_normal(shape, dtype=np.float32)
        if kaiming:
            values *= math.sqrt(2.0 / fan_in(module, shape))
        assign(module, name, torch.from_numpy(values))

"""How the output of a layer moves with one scalar of its parameters, for the layers that are common.

A scalar of such a layer touches one channel of the output only: the derivative there is a slice of the input
(conv, linear), the normalised input (norm layers) or one (biases), see `Sensitivity`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


@dataclass(frozen=True)
class Sensitivity:
    """Derivative of a layer's output by one scalar.

    Attributes
    ----------
    index
        The output channel that the scalar touches.
    values
        Derivative of that channel, [B, ...] without the channel's dimension; None means one everywhere.
    dim
        The output's channel dimension.
    merge
        Number of trailing dimensions that are one channel dimension together (LayerNorm).
    """

    index: int
    values: Tensor | None
    dim: int = 1
    merge: int = 1

    def contract(self, gradient: Tensor) -> Tensor:
        """[B] inner products with a gradient that has the shape of the layer's output."""
        if self.merge > 1:
            # `flatten` has no batching rule.
            gradient = gradient.reshape(*gradient.shape[: -self.merge], -1)
        channel = gradient.select(self.dim, self.index)
        if self.values is not None:
            channel = channel * self.values
        return channel.reshape(channel.shape[0], -1).sum(1)


Rule = Callable[[nn.Module, Tensor, Tensor, str, int], Sensitivity]
"""From a layer, its input, its output, a parameter's name within it and a flat index.

Values are copies: the input may be overwritten later by an operation in place.
"""


def _conv(layer: nn.Module, x: Tensor, y: Tensor, name: str, flat: int) -> Sensitivity:
    assert isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d)
    if name == "bias":
        return Sensitivity(flat, None)
    out, inner, *offsets = (int(i) for i in np.unravel_index(flat, tuple(layer.weight.shape)))
    group = out // (layer.out_channels // layer.groups)
    source = group * layer.weight.shape[1] + inner
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    padded = functional.pad(x[:, source : source + 1], layer._reversed_padding_repeated_twice, mode=mode)
    window: list[int | slice] = [slice(None), 0]
    for offset, dilation, stride, length in zip(
        offsets, layer.dilation, layer.stride, y.shape[2:], strict=True
    ):
        start = offset * dilation
        window.append(slice(start, start + stride * (length - 1) + 1, stride))
    return Sensitivity(out, padded[tuple(window)].clone())


def _linear(layer: nn.Module, x: Tensor, y: Tensor, name: str, flat: int) -> Sensitivity:
    assert isinstance(layer, nn.Linear)
    if name == "bias":
        return Sensitivity(flat, None, dim=-1)
    out, source = divmod(flat, layer.in_features)
    return Sensitivity(out, x[..., source].clone(), dim=-1)


def _batch_norm(layer: nn.Module, x: Tensor, y: Tensor, name: str, flat: int) -> Sensitivity:
    assert isinstance(layer, _BatchNorm)
    if name == "bias":
        return Sensitivity(flat, None)
    assert layer.running_mean is not None
    assert layer.running_var is not None
    scale = (layer.running_var[flat] + layer.eps).rsqrt()
    return Sensitivity(flat, (x[:, flat] - layer.running_mean[flat]) * scale)


def _group_norm(layer: nn.Module, x: Tensor, y: Tensor, name: str, flat: int) -> Sensitivity:
    assert isinstance(layer, nn.GroupNorm)
    if name == "bias":
        return Sensitivity(flat, None)
    return Sensitivity(flat, functional.group_norm(x, layer.num_groups, eps=layer.eps)[:, flat].clone())


def _layer_norm(layer: nn.Module, x: Tensor, y: Tensor, name: str, flat: int) -> Sensitivity:
    assert isinstance(layer, nn.LayerNorm)
    merge = len(layer.normalized_shape)
    if name == "bias":
        return Sensitivity(flat, None, -1, merge)
    normalised = functional.layer_norm(x, layer.normalized_shape, eps=layer.eps).flatten(-merge)
    return Sensitivity(flat, normalised[..., flat].clone(), -1, merge)


RULES: dict[type[nn.Module], tuple[Rule, int]] = {
    nn.Conv1d: (_conv, 3),
    nn.Conv2d: (_conv, 4),
    nn.Conv3d: (_conv, 5),
    nn.Linear: (_linear, 2),
    nn.BatchNorm1d: (_batch_norm, 2),
    nn.BatchNorm2d: (_batch_norm, 4),
    nn.BatchNorm3d: (_batch_norm, 5),
    nn.SyncBatchNorm: (_batch_norm, 2),
    nn.GroupNorm: (_group_norm, 2),
    nn.LayerNorm: (_layer_norm, 2),
}
"""Rule of each layer type and the fewest dimensions of its input that include the batch; exact types only, a
subclass may compute anything."""

"""BatchNorm by batch statistics for activations that are stored pixel by pixel (channels last).

torch's own kernel sums such activations in single precision one pixel after the other, and deep networks
amplify what that loses by several thousand times. Here blocks of pixels are summed in the precision of the
activations and the blocks in double; forward and backward pass are as fast as the kernel's.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

_BLOCK = 256
"""Pixels a block, where they divide the number of pixels."""


class _Normalise(torch.autograd.Function):
    """Rows [N, C] to (rows - mean) / std * weight + bias; the backward pass is written out."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        normal = rows - _mean(rows).to(rows.dtype)
        scale = (_mean(normal.square()) + eps).rsqrt().to(rows.dtype)
        normal.mul_(scale)
        ctx.save_for_backward(normal, scale, weight)
        return torch.addcmul(bias, normal, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        (sent,) = gradients
        normal, scale, weight = ctx.saved_tensors
        of_bias = _mean(sent)
        received = sent * normal
        of_weight = _mean(received)
        torch.mul(normal, -of_weight.to(sent.dtype), out=received)
        received.add_(sent).sub_(of_bias.to(sent.dtype)).mul_(scale * weight)
        return received, (of_weight * len(sent)).to(sent.dtype), (of_bias * len(sent)).to(sent.dtype), None


class FusedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d in train mode; reverse-mode differentiable once."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        return _image(_Normalise.apply(_rows(x), self.weight, self.bias, self.eps), x)  # type: ignore[no-untyped-call]


class PlainBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d in train mode, of elementary operations: differentiable in every mode and order."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        rows = _rows(x)
        centred = rows - _mean(rows).to(rows.dtype)
        scale = (_mean(centred.square()) + self.eps).rsqrt()
        return _image(torch.addcmul(self.bias, centred, (scale * self.weight).to(rows.dtype)), x)


def use_norm(network: nn.Module, kind: type[nn.BatchNorm2d]) -> nn.Module:
    """Let every ordinary affine BatchNorm2d of the network work as ``kind``, in place."""
    for module in network.modules():
        if type(module) is nn.BatchNorm2d and module.affine:
            module.__class__ = kind
    return network


def _mean(rows: Tensor) -> Tensor:
    """Mean of [N, C] over N, in double."""
    block = math.gcd(len(rows), _BLOCK)
    return rows.view(-1, block, rows.shape[1]).sum(dim=1).double().sum(dim=0) / len(rows)


def _rows(x: Tensor) -> Tensor:
    if x.dim() != 4 or x.numel() == x.shape[1]:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(x.shape)}"
        )
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


def _image(rows: Tensor, like: Tensor) -> Tensor:
    size, channels, height, width = like.shape
    return rows.view(size, height, width, channels).permute(0, 3, 1, 2)

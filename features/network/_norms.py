"""BatchNorm as passes over untrained networks want it: by batch statistics, and in eval mode.

Of activations that are stored pixel by pixel (channels last), torch's own kernel takes batch statistics in
single precision, one pixel after the other, and deep networks amplify what that loses by several thousand
times. Here blocks of pixels are summed in the precision of the activations and the blocks in double; forward
and backward pass are as fast as the kernel's. Both are written out, and so is the derivative of the backward
pass.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

_BLOCK = 256
"""Pixels a block, where they divide the number of pixels."""


class _Normalise(torch.autograd.Function):
    """Rows [G, N, C] of G groups to n = (rows - mean) * s, s = 1 / std, and to n * weight + bias.

    n and s [G, 1, C] are outputs as well, so that what the backward pass takes from them can be
    differentiated in turn.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor, eps: float) -> tuple[Tensor, ...]:
        normal = rows - _mean(rows).to(rows.dtype)
        scale = (_mean(normal.square()) + eps).rsqrt().to(rows.dtype)
        normal.mul_(scale)
        ctx.save_for_backward(normal, scale, weight)
        ctx.set_materialize_grads(False)
        return torch.addcmul(bias, normal, weight), normal, scale

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        sent, by_normal, by_scale = gradients
        normal, scale, weight = ctx.saved_tensors
        by_rows = by_weight = by_bias = None
        if sent is not None:
            back = _Back.apply if torch.is_grad_enabled() else _back
            by_rows, by_weight, by_bias = back(sent, normal, scale, weight)
        if by_normal is not None:
            part = _project(by_normal, normal) * scale
            by_rows = part if by_rows is None else by_rows + part
        if by_scale is not None:
            part = normal * (by_scale * scale.square() / -normal.shape[1])
            by_rows = part if by_rows is None else by_rows + part
        return by_rows, by_weight, by_bias, None


class _Back(torch.autograd.Function):
    """`_back`, differentiable."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        ctx.save_for_backward(*given)
        ctx.set_materialize_grads(False)
        return _back(*given)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        sent, normal, scale, weight = ctx.saved_tensors
        by_rows, by_weight, by_bias = gradients
        dtype = sent.dtype
        by_sent = by_normal = by_scale = of_weight = None
        if by_rows is not None:
            a, g = _mean(by_rows * normal).to(dtype), _mean(sent * normal).to(dtype)
            gain = scale * weight
            by_sent = _project(by_rows, normal) * gain
            by_normal = torch.addcmul(by_rows * g, sent, a).mul_(-gain)
            inner = _mean(by_rows * sent) - _mean(by_rows) * _mean(sent) - a.double() * g.double()
            inner = (inner * sent.shape[1]).to(dtype)
            by_scale, of_weight = inner * weight, (inner * scale).sum(dim=(0, 1))
        if by_weight is not None:
            by_sent = normal * by_weight if by_sent is None else by_sent.addcmul_(normal, by_weight)
            by_normal = sent * by_weight if by_normal is None else by_normal.addcmul_(sent, by_weight)
        if by_bias is not None:
            by_sent = by_bias.expand_as(sent) if by_sent is None else by_sent.add_(by_bias)
        return by_sent, by_normal, by_scale, of_weight


def _back(sent: Tensor, normal: Tensor, scale: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients by rows, weight and bias of what `_Normalise` makes of them."""
    of_bias = _mean(sent)
    of_weight = _mean(sent * normal)
    received = torch.mul(normal, -of_weight.to(sent.dtype))
    received = received.add_(sent).sub_(of_bias.to(sent.dtype)).mul_(scale * weight)
    count = sent.shape[1]
    summed = [(mean.sum(dim=(0, 1)) * count).to(sent.dtype) for mean in (of_weight, of_bias)]
    return received, summed[0], summed[1]


def _project(rows: Tensor, normal: Tensor) -> Tensor:
    """Rows less their mean and their part along ``normal``."""
    along = _mean(rows * normal).to(rows.dtype)
    return torch.addcmul(rows, normal, along, value=-1.0).sub_(_mean(rows).to(rows.dtype))


class FusedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d in train mode; reverse-mode differentiable twice."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        return self._normalised(x, 1)

    def _normalised(self, x: Tensor, groups: int) -> Tensor:
        size, channels, height, width = x.shape if x.dim() == 4 else (*x.shape, 1, 1, 1, 1)[:4]
        if x.dim() != 4 or size * height * width == groups:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {list(x.shape)}"
            )
        rows = x.permute(0, 2, 3, 1).reshape(groups, -1, channels)
        found: Tensor = _Normalise.apply(rows, self.weight, self.bias, self.eps)[0]  # type: ignore[no-untyped-call]
        return found.view(size, height, width, channels).permute(0, 3, 1, 2)


class FusedImageNorm(FusedBatchNorm):
    """BatchNorm2d in train mode of each image as if it were alone in its batch."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        return self._normalised(x, len(x))


class ElementaryNorm(nn.modules.batchnorm._BatchNorm):
    """BatchNorm in train mode, of elementary operations: differentiable in every mode and order.

    (torch's own has wrong second derivatives when differentiated forwards twice: it holds the statistics.)
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, ...] to the same shape."""
        others = [0, *range(2, x.dim())]
        centred = x - x.mean(others, keepdim=True)
        normal = centred * (centred.square().mean(others, keepdim=True) + self.eps).rsqrt()
        if not self.affine:
            return normal
        shape = (1, -1, *([1] * (x.dim() - 2)))
        return normal * self.weight.view(shape) + self.bias.view(shape)


class RunningNorm(nn.modules.batchnorm._BatchNorm):
    """BatchNorm in eval mode by one multiplication and addition: the backward pass of torch's own is slower.

    Values are torch's up to rounding; of an untrained network (mean 0, variance 1, bias 0) bit for bit.
    """

    def _check_input_dim(self, x: Tensor) -> None:
        """Nothing: the norm that works so has run on this input before."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, ...] to the same shape."""
        assert self.running_mean is not None
        assert self.running_var is not None
        if x.dtype != self.running_var.dtype or x.dtype in (torch.float16, torch.bfloat16):
            return super().forward(x)  # torch's own keeps scale and shift in single precision
        scale = (self.running_var + self.eps).rsqrt()
        scale = scale if self.weight is None else scale * self.weight
        shift = -self.running_mean * scale
        shift = shift if self.bias is None else shift + self.bias
        shape = (1, -1, *([1] * (x.dim() - 2)))
        return torch.addcmul(shift.view(shape), x, scale.view(shape))


def use_norm(network: nn.Module, kind: type[nn.BatchNorm2d]) -> nn.Module:
    """Let every ordinary affine BatchNorm2d of the network work as ``kind``, in place."""
    for module in network.modules():
        if type(module) is nn.BatchNorm2d and module.affine:
            module.__class__ = kind
    return network


@contextmanager
def norms_as(
    network: nn.Module, kinds: tuple[type[nn.Module], ...], other: type[nn.modules.batchnorm._BatchNorm]
) -> Iterator[None]:
    """Let the norms of exactly these kinds work as another within the block."""
    norms = [(module, type(module)) for module in network.modules() if type(module) in kinds]
    try:
        for norm, _ in norms:
            norm.__class__ = other
        yield
    finally:
        for norm, kind in norms:
            norm.__class__ = kind


def _mean(rows: Tensor) -> Tensor:
    """Mean of [G, N, C] over N, in double, [G, 1, C]."""
    groups, count, channels = rows.shape
    block = math.gcd(count, _BLOCK)
    blocks = rows.reshape(groups, count // block, block, channels).sum(dim=2)
    return blocks.sum(dim=1, keepdim=True, dtype=torch.float64) / count

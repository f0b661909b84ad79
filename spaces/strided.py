"""Blocks of torch that several cell spaces share."""

import torch
from torch import Tensor, nn


class Zero(nn.Module):
    """Zeros of another number of channels and size, connected to the input."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.repeats, self.stride = outputs // inputs, stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, inputs, H, W] to zeros [B, outputs, H / stride, W / stride]."""
        zeros = x[:, :, :: self.stride, :: self.stride].mul(0.0)
        return zeros if self.repeats == 1 else zeros.repeat(1, self.repeats, 1, 1)


class FactorizedReduce(nn.Module):
    """ReLU, two strided 1x1 convs on the even and on the odd pixels, concatenated, BatchNorm."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.relu = nn.ReLU(inplace=False)
        self.even = nn.Conv2d(inputs, outputs // 2, 1, stride=2, bias=False)
        self.odd = nn.Conv2d(inputs, outputs - outputs // 2, 1, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[B, inputs, H, W] to [B, outputs, H / 2, W / 2], H and W even."""
        x = self.relu(x)
        out: Tensor = self.norm(torch.cat([self.even(x), self.odd(x[:, :, 1:, 1:])], dim=1))
        return out

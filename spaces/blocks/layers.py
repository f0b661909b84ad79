"""Layers of a network in a row, as data: what they are made of, and their convolutions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.convs import Conv, network_sizes
from proxyrank.spaces.data import DataShape

Activation = Literal["relu", "silu"]
Shortcut = Literal["none", "identity", "conv"]


@dataclass(frozen=True)
class ConvLayer:
    """Conv without bias, BatchNorm and, unless it is None, an activation."""

    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    activation: Activation | None = "relu"

    def convs(self, side: int) -> Iterator[Conv]:
        """Its convolution on an image of ``side`` pixels along an edge."""
        yield Conv(self.inputs, self.outputs, self.kernel, strided(side, self.stride) ** 2)


@dataclass(frozen=True)
class InvertedResidual:
    """1x1 conv to ``width`` channels, depthwise conv, 1x1 conv to ``outputs``, each with BatchNorm.

    Attributes
    ----------
    inputs, width, outputs
        Channels before, inside and after.
    kernel, stride
        Of the depthwise conv.
    expand
        Whether the first 1x1 conv is there; without it ``width`` equals ``inputs``.
    squeeze
        Channels of the squeeze-and-excitation behind the depthwise conv; 0 for none.
    shortcut
        What is added to the result: nothing, the input, or a strided 1x1 conv with bias and BatchNorm of it.
    activation
        Behind the first two convs.
    final_activation
        Whether it follows the result, too.
    """

    inputs: int
    width: int
    outputs: int
    kernel: int
    stride: int = 1
    expand: bool = True
    squeeze: int = 0
    shortcut: Shortcut = "none"
    activation: Activation = "relu"
    final_activation: bool = False

    def convs(self, side: int) -> Iterator[Conv]:
        """Its convolutions on an image of ``side`` pixels along an edge."""
        after = strided(side, self.stride) ** 2
        if self.expand:
            yield Conv(self.inputs, self.width, 1, side * side)
        yield Conv(self.width, self.width, self.kernel, after, groups=self.width)
        if self.squeeze:
            yield Conv(self.width, self.squeeze, 1, 1, bias=True, norm=False)
            yield Conv(self.squeeze, self.width, 1, 1, bias=True, norm=False)
        yield Conv(self.width, self.outputs, 1, after)
        if self.shortcut == "conv":
            yield Conv(self.inputs, self.outputs, 1, after, bias=True)


Layer = ConvLayer | InvertedResidual


def strided(side: int, stride: int) -> int:
    """Pixels along an edge behind a "same"-padded layer of that stride."""
    return -(-side // stride)


def layer_sizes(layers: Iterable[Layer], shape: DataShape) -> Sizes:
    """Sizes of layers in a row, global average pooling and a linear classifier."""
    convs: list[Conv] = []
    side, features = shape.resolution, 0
    for layer in layers:
        convs += layer.convs(side)
        side, features = strided(side, layer.stride), layer.outputs
    return network_sizes(convs, features, shape.classes)

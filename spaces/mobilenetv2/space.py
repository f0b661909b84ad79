"""The MobileNetV2 space as an object: networks with shortcuts, and the same without."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.blocks import ConvLayer, Layer, SequenceSpace
from proxyrank.spaces.graph import Node, Operation
from proxyrank.spaces.mobilenetv2 import blocks as grammar
from proxyrank.spaces.mobilenetv2.blocks import Blocks
from proxyrank.spaces.mobilenetv2.mutations import mutated, neighbour_rows

START = (
    "SuperConvK3BNRELU(3,8,2,1)SuperResIDWE6K3(8,32,2,8,1)SuperResIDWE6K3(32,48,2,32,1)"
    "SuperResIDWE6K3(48,96,2,48,1)SuperResIDWE6K3(96,128,2,96,1)SuperConvK1BNRELU(128,2048,1,1)"
)
"""Start of the published search for networks of at most 450M FLOPs."""

_MOST_DRAWN_CHANGES = 20


class MobileNetV2Space(SequenceSpace[Blocks]):
    """Strings of blocks, without a bound on their number and widths."""

    description = "MobileNetV2-like networks: strings of inverted residual blocks"
    start = START

    def __init__(self, name: str, *, shortcuts: bool) -> None:
        super().__init__()
        self.name = name
        self.shortcuts = shortcuts
        self.hyperparameters = {"shortcuts": shortcuts}

    def read(self, text: Any) -> Blocks:
        """Blocks of a string."""
        return grammar.parse_blocks(text)

    def write(self, value: Blocks) -> str:
        """The string, without blanks."""
        return grammar.format_blocks(value)

    def layers(self, value: Blocks, channels: int) -> list[Layer]:
        """Layers of all blocks in turn.

        Raises
        ------
        ProxyrankError
            If the first block reads another number of channels than the images have.
        """
        if value[0].inputs != channels:
            raise ProxyrankError(f"block 1 expects {value[0].inputs} channels, an image has {channels}")
        return [layer for block in value for layer in grammar.block_layers(block, shortcuts=self.shortcuts)]

    def nodes(self, value: Blocks) -> list[Node]:
        """A node per conv and per inverted residual."""
        return list(map(_node, self.layers(value, value[0].inputs)))

    def depth(self, arch: str) -> int:
        """Layers of all blocks, the two convs included: what a limit on layers counts."""
        return sum(block.layers for block in self.value(arch))

    def changed(self, value: Blocks) -> Iterator[Blocks]:
        """Results of a change of one block."""
        return neighbour_rows(value)

    def mutate(self, arch: str, rng: np.random.Generator) -> str:
        """A change as the published search draws it; it may be none."""
        return self.write(mutated(self.value(arch), rng))

    def draw(self, rng: np.random.Generator) -> Blocks:
        """The published start after 1 to 20 changes."""
        value = self.value(START)
        for _ in range(rng.integers(1, _MOST_DRAWN_CHANGES + 1)):
            value = mutated(value, rng)
        return value


def _node(layer: Layer) -> Node:
    if isinstance(layer, ConvLayer):
        return Node(Operation("conv", kernel=layer.kernel, stride=layer.stride), width=layer.outputs)
    operation = Operation(
        "separable_conv", kernel=layer.kernel, stride=layer.stride, expansion=layer.width / layer.inputs
    )
    return Node(operation, width=layer.outputs)


MOBILENETV2 = MobileNetV2Space("mobilenetv2", shortcuts=True)
MOBILENETV2_PLAIN = MobileNetV2Space("mobilenetv2-plain", shortcuts=False)

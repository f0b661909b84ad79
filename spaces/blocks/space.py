"""Base of the spaces of blocks in a row: network, sizes and graph from layers and nodes."""

from typing import TYPE_CHECKING, TypeVar

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.blocks.layers import Layer, layer_sizes
from proxyrank.spaces.data import DataShape, data_shape
from proxyrank.spaces.graph import Node, OpGraph
from proxyrank.spaces.parsed import ParsedSpace

if TYPE_CHECKING:
    from torch import nn

B = TypeVar("B")

_IMAGE = 3


class SequenceSpace(ParsedSpace[B]):
    """A space whose networks are layers in a row; every block matters, so the exact spelling is canonical."""

    blocks = True

    def layers(self, value: B, channels: int) -> list[Layer]:
        """Layers of the network on images of ``channels`` channels."""
        raise NotImplementedError

    def nodes(self, value: B) -> list[Node]:
        """Nodes of the graph, in their order."""
        raise NotImplementedError

    def graph(self, arch: str) -> OpGraph:
        """A chain: an image of 3 channels, and the nodes."""
        nodes = [Node(width=_IMAGE), *self.nodes(self.value(arch))]
        return OpGraph.on_nodes(nodes, [(i, i + 1) for i in range(len(nodes) - 1)])

    def sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        """Sizes of the network; nothing in it is dead, so ``effective`` changes nothing."""
        shape = data_shape(dataset)
        return layer_sizes(self.layers(self.value(arch), shape.channels), shape)

    def network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        """The network, with torch's default initialisation."""
        from proxyrank.spaces.blocks.network import SequenceNetwork

        shape = data_shape(dataset)
        return SequenceNetwork(self.layers(self.value(arch), shape.channels), shape.classes)

"""Closed-form sizes of a network of NAS-Bench-101 cells."""

from collections.abc import Iterator

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.convs import Conv, network_sizes
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb101.cell import Cell
from proxyrank.spaces.nb101.channels import vertex_channels
from proxyrank.spaces.nb101.skeleton import Skeleton

_KERNELS = {"0": 3, "1": 1}


def cell_sizes(cell: Cell, shape: DataShape, skeleton: Skeleton) -> Sizes:
    """Sizes of the pruned cell in its network; the cell is pruned before it is built."""
    convs = [Conv(shape.channels, skeleton.width, 3, shape.resolution**2)]
    for inputs, outputs, side in skeleton.cells(shape.resolution):
        convs += _cell_convs(cell, inputs, outputs, side * side)
    return network_sizes(convs, skeleton.features, shape.classes)


def _cell_convs(cell: Cell, inputs: int, outputs: int, pixels: int) -> Iterator[Conv]:
    channels, last = vertex_channels(cell, inputs, outputs), len(cell.targets) - 1
    for vertex in range(1, last + 1):
        if cell.targets[0] >> vertex & 1:
            yield Conv(inputs, channels[vertex], 1, pixels)
        kernel = _KERNELS.get(cell.ops[vertex - 1]) if vertex < last else None
        if kernel is not None:
            yield Conv(channels[vertex], channels[vertex], kernel, pixels)

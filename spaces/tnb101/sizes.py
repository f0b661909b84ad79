"""Modules of the published 64-41414 network, and closed-form sizes."""

from collections.abc import Iterator

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.base import Sizes
from proxyrank.spaces.convs import Conv, Norm, network_sizes
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb201.cell import CONV1, CONV3, EDGES, SKIP, Cell

STEM = (32, 64)
"""Channels of the two strided convs of the stem."""

MODULES = (True, False, True, False, True)
"""Whether a module doubles the channels and halves the image, which its first cell does (4) or not (1)."""

CELLS = 2
"""Cells in a module."""

STEP = 32
"""The image is halved twice in the stem and three times behind it."""


def places() -> Iterator[tuple[int, int, int]]:
    """Input channels, output channels and stride of each cell."""
    inputs = STEM[-1]
    for doubles in MODULES:
        outputs = inputs * (2 if doubles else 1)
        for number in range(CELLS):
            yield inputs, outputs, 2 if doubles and number == 0 else 1
            inputs = outputs


def features() -> int:
    """Channels in front of the classifier."""
    return STEM[-1] << sum(MODULES)


def require_halvings(shape: DataShape) -> None:
    """Refuse images that cannot be halved five times.

    Raises
    ------
    ProxyrankError
        If the resolution is not a multiple of 32.
    """
    if shape.resolution % STEP:
        raise ProxyrankError(f"resolution must be a multiple of {STEP}, got {shape.resolution}")


def cell_sizes(cell: Cell, shape: DataShape) -> Sizes:
    """Sizes of the cell as written.

    Raises
    ------
    ProxyrankError
        If the resolution is not a multiple of 32.
    """
    require_halvings(shape)
    side = shape.resolution // 2
    parts: list[Conv | Norm] = [
        Conv(shape.channels, STEM[0], 3, side**2),
        Conv(STEM[0], STEM[1], 3, (side // 2) ** 2),
    ]
    side //= 2
    for inputs, outputs, stride in places():
        side //= stride
        parts += _cell_parts(cell, inputs, outputs, stride, side * side)
    return network_sizes(parts, features(), shape.classes)


def _cell_parts(cell: Cell, inputs: int, outputs: int, stride: int, pixels: int) -> Iterator[Conv | Norm]:
    for (source, _), op in zip(EDGES, cell, strict=True):
        channels = outputs if source else inputs
        if op in (CONV1, CONV3):
            yield Conv(channels, outputs, 3 if op == CONV3 else 1, pixels)
        elif op == SKIP and source == 0 and stride > 1:
            yield Conv(channels, outputs // 2, 1, pixels, norm=False)
            yield Conv(channels, outputs - outputs // 2, 1, pixels, norm=False)
            yield Norm(outputs)

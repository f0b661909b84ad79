"""The CIFAR network around the cells: which cell stands where, and at what widths."""

from collections.abc import Iterator
from dataclasses import dataclass

from proxyrank.common.errors import ProxyrankError


@dataclass(frozen=True)
class Place:
    """One cell of the network.

    Attributes
    ----------
    earlier, previous
        Channels of the outputs of the cell before the previous one, and of the previous one.
    width
        Channels of each node.
    side
        Height and width in pixels of the previous output.
    reduction
        Whether the cell is the reduction cell.
    after_reduction
        Whether the previous one is: the earlier output is then twice as large and is halved.
    """

    earlier: int
    previous: int
    width: int
    side: int
    reduction: bool
    after_reduction: bool


@dataclass(frozen=True)
class Skeleton:
    """Published defaults: 20 cells that begin at 36 channels, reductions at one and at two thirds."""

    width: int = 36
    cells: int = 20
    stem_factor: int = 3
    nodes: int = 4

    @property
    def stem(self) -> int:
        """Channels of the stem."""
        return self.stem_factor * self.width

    @property
    def features(self) -> int:
        """Channels in front of the classifier."""
        return self.nodes * self.width * 4

    def places(self, resolution: int) -> Iterator[Place]:
        """Cells from the stem to the classifier.

        Raises
        ------
        ProxyrankError
            If the image cannot be halved twice.
        """
        if resolution % 4:
            raise ProxyrankError(f"resolution must be a multiple of 4, got {resolution}")
        earlier = previous = self.stem
        width, side, after = self.width, resolution, False
        for number in range(self.cells):
            reduction = number in (self.cells // 3, 2 * self.cells // 3)
            width *= 2 if reduction else 1
            yield Place(earlier, previous, width, side, reduction, after)
            side //= 2 if reduction else 1
            earlier, previous, after = previous, self.nodes * width, reduction

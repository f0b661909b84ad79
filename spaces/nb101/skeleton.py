"""The network around the cells: stem, stacks of cells, pooling and doubled channels between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from proxyrank.common.errors import ProxyrankError


@dataclass(frozen=True)
class Skeleton:
    """Published defaults: 3 stacks of 3 cells at 128, 256 and 512 channels."""

    width: int = 128
    stacks: int = 3
    depth: int = 3

    @property
    def features(self) -> int:
        """Channels in front of the classifier."""
        return self.width << (self.stacks - 1)

    def cells(self, resolution: int) -> Iterator[tuple[int, int, int]]:
        """Input channels, output channels and side of the image in pixels of each cell in turn.

        Raises
        ------
        ProxyrankError
            If the image is too small to be halved between the stacks.
        """
        if resolution < 2 ** (self.stacks - 1):
            raise ProxyrankError(f"resolution must be at least {2 ** (self.stacks - 1)}, got {resolution}")
        inputs = self.width
        for stack in range(self.stacks):
            outputs = self.width * 2**stack
            for _ in range(self.depth):
                yield inputs, outputs, resolution // 2**stack
                inputs = outputs

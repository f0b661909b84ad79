"""The network that a cell is put into: how wide it begins, how many cells each of its three stages has."""

from dataclasses import dataclass

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces.data import DataShape


@dataclass(frozen=True)
class Skeleton:
    """Three stages of ``depth`` cells at ``width``, 2 ``width`` and 4 ``width`` channels.

    Attributes
    ----------
    width
        Channels of the first stage.
    depth
        Cells per stage.
    """

    width: int = 16
    depth: int = 5

    def __post_init__(self) -> None:
        if self.width < 1 or self.depth < 1:
            raise ProxyrankError(
                f"width and depth of a network must be at least 1, got {self.width} and {self.depth}"
            )


SKELETONS: dict[str, Skeleton] = {"digits": Skeleton(width=8, depth=2)}
"""Data sets whose networks are not those of NATS-Bench; 8x8 digits do with less."""


def skeleton_of(dataset: str | DataShape) -> Skeleton:
    """The skeleton used for a data set."""
    return SKELETONS.get(dataset, Skeleton()) if isinstance(dataset, str) else Skeleton()

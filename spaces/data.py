"""Data sets as far as a network has to know them: shape of an image, sequence or row, number of classes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proxyrank.common.errors import ProxyrankError, unknown


@dataclass(frozen=True)
class DataShape:
    """What goes into a network and what comes out.

    Attributes
    ----------
    channels
        Channels of a square image.
    resolution
        Height and width of it in pixels.
    classes
        Outputs of the classifier.
    other
        Whole shape of what is no square image, whose channels and resolution then say nothing: an image
        (channels, height, width), a sequence (length, features) or (length,) of words, a row (features,).
    words
        Of a sequence of words: how many there are. 0 where numbers are read.
    """

    channels: int = 3
    resolution: int = 32
    classes: int = 10
    other: tuple[int, ...] = ()
    words: int = 0

    def __post_init__(self) -> None:
        stated = {"channels": self.channels, "resolution": self.resolution, "classes": self.classes}
        for name, value in (*stated.items(), *(("each side", side) for side in self.other)):
            if value < 1:
                raise ProxyrankError(f"{name} of a data set must be at least 1, got {value}")

    @classmethod
    def of(cls, shape: Sequence[int], classes: int, words: int = 0) -> "DataShape":
        """Shape of an image, a sequence, or a row of a table."""
        sides = tuple(map(int, shape))
        if len(sides) == 3 and sides[1] == sides[2] and not words:
            return cls(sides[0], sides[1], classes)
        return cls(1, 1, classes, sides, words)

    @property
    def shape(self) -> tuple[int, ...]:
        """Whole shape of one input: channels, height and width of an image."""
        return self.other or (self.channels, self.resolution, self.resolution)

    @property
    def text(self) -> str:
        """As ``3x32x32``, ``128x16``, ``30``, or ``128@1000`` of words."""
        return "x".join(map(str, self.shape)) + (f"@{self.words}" if self.words else "")

    def __str__(self) -> str:
        """The first known data set of that shape, else ``3x64x64:10``; `data_shape` takes either."""
        text = f"{self.text}:{self.classes}"
        return next((name for name, shape in DATASETS.items() if shape == self), text)


DATASETS: dict[str, DataShape] = {
    "cifar10": DataShape(),
    "cifar100": DataShape(classes=100),
    "ImageNet16-120": DataShape(resolution=16, classes=120),
    "digits": DataShape(resolution=8),
}
"""Shape of each known data set; a label column of that name selects it."""


_TEXT = re.compile(r"(\d+(?:x\d+){0,2})(?:@(\d+))?:(\d+)")


def data_shape(dataset: str | DataShape, *, square: bool = True) -> DataShape:
    """Look up a data set's shape, by name or as ``3x64x64:10``; a shape is returned as it is.

    Parameters
    ----------
    dataset
        The name or the shape.
    square
        Whether it must be of square images, as the networks of published spaces read.

    Raises
    ------
    ProxyrankError
        If there is no data set of that name, or it is of other inputs.
    """
    if isinstance(dataset, DataShape):
        found = dataset
    elif dataset in DATASETS:
        found = DATASETS[dataset]
    elif stated := _TEXT.fullmatch(dataset):
        sides, words, classes = stated.groups()
        found = DataShape.of([int(side) for side in sides.split("x")], int(classes), int(words or 0))
    else:
        raise unknown("dataset", dataset, [*DATASETS, "channels, pixels and classes as 3x32x32:10"])
    if square and found.other:
        raise ProxyrankError(f"these networks read square images, as 3x32x32, not {found.text}")
    return found

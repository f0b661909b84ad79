"""Data sets as far as a network has to know them: channels and pixels of an image, number of classes."""

import re
from dataclasses import asdict, dataclass

from proxyrank.common.errors import ProxyrankError, unknown


@dataclass(frozen=True)
class DataShape:
    """What goes into a network and what comes out.

    Attributes
    ----------
    channels
        Channels of an image.
    resolution
        Height and width of an image in pixels.
    classes
        Outputs of the classifier.
    """

    channels: int = 3
    resolution: int = 32
    classes: int = 10

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value < 1:
                raise ProxyrankError(f"{name} of a data set must be at least 1, got {value}")

    def __str__(self) -> str:
        """The first known data set of that shape, else ``3x64x64:10``; `data_shape` takes either."""
        text = f"{self.channels}x{self.resolution}x{self.resolution}:{self.classes}"
        return next((name for name, shape in DATASETS.items() if shape == self), text)


DATASETS: dict[str, DataShape] = {
    "cifar10": DataShape(),
    "cifar100": DataShape(classes=100),
    "ImageNet16-120": DataShape(resolution=16, classes=120),
    "digits": DataShape(resolution=8),
}
"""Shape of each known data set; a label column of that name selects it."""


_TEXT = re.compile(r"(\d+)x(\d+)x\2:(\d+)")


def data_shape(dataset: str | DataShape) -> DataShape:
    """Look up a data set's shape, by name or as ``3x64x64:10``; a shape is returned as it is.

    Raises
    ------
    ProxyrankError
        If there is no data set of that name.
    """
    if isinstance(dataset, DataShape):
        return dataset
    if dataset in DATASETS:
        return DATASETS[dataset]
    if stated := _TEXT.fullmatch(dataset):
        return DataShape(*map(int, stated.groups()))
    raise unknown("dataset", dataset, [*DATASETS, "channels, pixels and classes as 3x32x32:10"])

"""Data sets as far as a network has to know them: channels and pixels of an image, number of classes."""

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


DATASETS: dict[str, DataShape] = {
    "cifar10": DataShape(),
    "cifar100": DataShape(classes=100),
    "ImageNet16-120": DataShape(resolution=16, classes=120),
    "digits": DataShape(resolution=8),
}
"""Shape of each known data set; a label column of that name selects it."""


def data_shape(dataset: str | DataShape) -> DataShape:
    """Look up a data set's shape; a shape is returned as it is.

    Raises
    ------
    ProxyrankError
        If there is no data set of that name.
    """
    if isinstance(dataset, DataShape):
        return dataset
    try:
        return DATASETS[dataset]
    except KeyError:
        raise unknown("dataset", dataset, DATASETS) from None

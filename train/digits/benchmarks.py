"""The shipped benchmarks: which networks are trained on digits, how, and where their tables lie."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from proxyrank.common.errors import unknown
from proxyrank.spaces import data_shape
from proxyrank.spaces.nb201.skeleton import skeleton_of

DATASET = "digits"
"""What all of them are trained on: scikit-learn's digits, 8x8 pixels, made hard by noise."""


@dataclass(frozen=True)
class DigitsSettings:
    """How a network is trained; every field goes into the table's provenance.

    Attributes
    ----------
    noise
        Standard deviation of the Gaussian noise added once to the standardised images.
    train_images
        Images of the training part; the rest of the 1,797 judge.
    epochs, batch_size, learning_rate, momentum, weight_decay
        Nesterov SGD with a cosine schedule down to zero over all steps.
    clip
        Longest gradient (2-norm over all parameters); longer ones are scaled down to it. None leaves all.
    """

    noise: float = 1.0
    train_images: int = 800
    epochs: int = 5
    batch_size: int = 64
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    clip: float | None = None

    @property
    def stated(self) -> dict[str, Any]:
        """The fields that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Benchmark:
    """A family of networks and their accuracies.

    Attributes
    ----------
    name
        Of the benchmark, its table and its command; seeds derive from it.
    summary
        One line for people.
    space, population
        Where the architectures come from.
    label
        Column of the mean accuracy in percent; ``label_seed0`` and so on are those of single trainings.
    members
        What people call its architectures, in the plural.
    count
        How many are trained unless told otherwise.
    settings
        Of a training.
    skeleton
        What the provenance says of the networks beside their images and classes.
    """

    name: str
    summary: str
    space: str
    population: str
    label: str
    members: str
    count: int
    settings: DigitsSettings = field(default_factory=DigitsSettings)
    skeleton: Mapping[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> Path:
        """The shipped table: ``arch``, the options of its space, the label, single trainings."""
        return Path(__file__).resolve().parent.parent / "data" / f"{self.name}.parquet"

    @property
    def network(self) -> dict[str, Any]:
        """What the provenance says of the networks."""
        shape = data_shape(DATASET)
        stated = {"channels": shape.channels, "resolution": shape.resolution, "classes": shape.classes}
        return {**self.skeleton, **stated}


BENCHMARKS: Mapping[str, Benchmark] = {
    "digits": Benchmark(
        name="digits",
        summary="NAS-Bench-201 cells trained on scikit-learn's digits with Gaussian noise",
        space="nb201",
        population="filtered",
        label="digits",
        members="cells",
        count=1000,
        skeleton=asdict(skeleton_of(DATASET)),
    ),
    "smallnets": Benchmark(
        name="smallnets",
        summary="small convolutional networks trained on scikit-learn's digits with Gaussian noise",
        space="smallnets",
        population="all",
        label="accuracy",
        members="networks",
        count=432,
        settings=DigitsSettings(noise=0.5, epochs=16, batch_size=32, learning_rate=0.05, clip=5.0),
    ),
}
"""Benchmarks by name, as ``--labels`` takes it."""


def get_benchmark(name: str) -> Benchmark:
    """Look up a benchmark.

    Raises
    ------
    ProxyrankError
        If there is none of that name.
    """
    if name not in BENCHMARKS:
        raise unknown("benchmark", name, BENCHMARKS)
    return BENCHMARKS[name]

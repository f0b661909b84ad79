"""Closed-form sizes of a DARTS network."""

from collections.abc import Iterator

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.convs import Conv, Norm, network_sizes
from proxyrank.spaces.darts.genotype import INPUTS, SKIP, Genotype
from proxyrank.spaces.darts.skeleton import Place, Skeleton
from proxyrank.spaces.data import DataShape


def genotype_sizes(genotype: Genotype, shape: DataShape, skeleton: Skeleton) -> Sizes:
    """Sizes of the network as written, dead operations included."""
    parts: list[Conv | Norm] = [Conv(shape.channels, skeleton.stem, 3, shape.resolution**2)]
    for place in skeleton.places(shape.resolution):
        parts += _cell_convs(genotype, place)
    return network_sizes(parts, skeleton.features, shape.classes)


def _cell_convs(genotype: Genotype, place: Place) -> Iterator[Conv | Norm]:
    width, pixels = place.width, place.side**2
    if place.after_reduction:
        yield from _halving(place.earlier, width, pixels)
    else:
        yield Conv(place.earlier, width, 1, pixels)
    yield Conv(place.previous, width, 1, pixels)
    after = pixels // 4 if place.reduction else pixels
    for op, source in genotype.reduce if place.reduction else genotype.normal:
        if op == SKIP and place.reduction and source < INPUTS:
            yield from _halving(width, width, after)
        elif op.startswith(("sep", "dil")):
            kernel = int(op[-1])
            for _ in range(2 if op.startswith("sep") else 1):
                yield Conv(width, width, kernel, after, groups=width, norm=False)
                yield Conv(width, width, 1, after)


def _halving(inputs: int, outputs: int, pixels: int) -> Iterator[Conv | Norm]:
    """Two strided 1x1 convs side by side, one BatchNorm behind both."""
    yield Conv(inputs, outputs // 2, 1, pixels, norm=False)
    yield Conv(inputs, outputs - outputs // 2, 1, pixels, norm=False)
    yield Norm(outputs)

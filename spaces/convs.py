"""Closed-form sizes of convolutional networks: a list of convs and a classifier, summed."""

from collections.abc import Iterable
from typing import NamedTuple

from proxyrank.spaces.base import Sizes


class Conv(NamedTuple):
    """One 2-d convolution, followed by BatchNorm unless ``norm`` is false.

    ``pixels`` is the number of positions of its output, height times width.
    """

    inputs: int
    outputs: int
    kernel: int
    pixels: int
    groups: int = 1
    bias: bool = False
    norm: bool = True

    @property
    def weights(self) -> int:
        """Elements of the weight tensor."""
        return self.outputs * (self.inputs // self.groups) * self.kernel**2


class Norm(NamedTuple):
    """One BatchNorm with scale and shift that stands behind several convs, or none."""

    channels: int


def network_sizes(parts: Iterable[Conv | Norm], features: int, classes: int) -> Sizes:
    """Sizes of convs, BatchNorms and a linear classifier ``features -> classes``.

    FLOPs are multiply-accumulates of conv and linear layers plus one per bias output (NATS-Bench's
    convention); BatchNorm, activations and pooling are not counted.
    """
    flops, params, dim = (features + 1) * classes, (features + 1) * classes, 2
    for part in parts:
        if isinstance(part, Norm):
            params += 2 * part.channels
            dim += 2
            continue
        flops += (part.weights + part.bias * part.outputs) * part.pixels
        params += part.weights + (part.bias + 2 * part.norm) * part.outputs
        dim += 1 + part.bias + 2 * part.norm
    return Sizes(flops=flops, params=params, dim=dim)

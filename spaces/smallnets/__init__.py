"""432 small convolutional networks for images of 8x8 pixels, the family of the shipped example."""

from typing import TYPE_CHECKING, Any

from proxyrank.spaces.configspace import ConfigSpace

if TYPE_CHECKING:
    from torch import nn


def make(**config: Any) -> "nn.Module":
    """The untrained network of one choice of each option."""
    from proxyrank.spaces.smallnets.network import SmallNet

    return SmallNet(**config)


SMALLNETS = ConfigSpace(
    {
        "depth": [1, 2, 3, 4],
        "width": [4, 8, 16],
        "kernel": [1, 3, 5],
        "expansion": [1, 2],
        "activation": ["relu", "silu", "tanh"],
        "norm": ["none", "batch"],
    },
    build=make,
    input_shape=(3, 8, 8),
    classes=10,
    name="smallnets",
)
"""Blocks, channels, pixels of the filters, inner channels over outer ones, activation, normalisation."""

__all__ = ["SMALLNETS", "make"]

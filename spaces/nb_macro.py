"""NAS-Bench-Macro: eight layers, each an identity or one of two inverted residuals (CVPR 2021, MCT-NAS)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces.base import ListedSpace
from proxyrank.spaces.blocks import ConvLayer, InvertedResidual, Layer, SequenceSpace
from proxyrank.spaces.blocks.layers import Shortcut
from proxyrank.spaces.graph import Node, Operation

WIDTHS = (64, 64, 128, 128, 128, 256, 256, 256)
STRIDES = (2, 1, 2, 1, 1, 2, 1, 1)
STEM, HEAD = 32, 1280
IDENTITY = "0"
_RESIDUALS = {"1": (3, 3), "2": (6, 5)}
"""Expansion and kernel of a digit."""

_EXAMPLE = "8 digits: 0 identity, 1 inverted residual 3x3 of expansion 3, 2 5x5 of expansion 6"


class NBMacroSpace(SequenceSpace[str], ListedSpace):
    """All 6,561 strings of 8 digits; parameters and FLOPs equal the published ones."""

    name = "nb-macro"
    ops = (
        Operation("skip"),
        Operation("conv", kernel=3),
        *(Operation("conv", kernel=1, stride=stride) for stride in (1, 2)),
        *(Operation("separable_conv", kernel=3, stride=stride, expansion=3) for stride in (1, 2)),
        *(Operation("separable_conv", kernel=5, stride=stride, expansion=6) for stride in (1, 2)),
    )
    description = "NAS-Bench-Macro: 8 layers out of identity and two MobileNetV2 blocks"

    def read(self, text: Any) -> str:
        """The digits; a number is refused, it may have lost its zeros."""
        digits = text.strip().strip("'\"") if isinstance(text, str) else ""
        if len(digits) != len(WIDTHS) or digits.strip("012"):
            raise ArchitectureError(f"{text!r:.120} is not a NAS-Bench-Macro network; expected {_EXAMPLE}")
        return digits

    def write(self, value: str) -> str:
        """The digits."""
        return value

    def layers(self, value: str, channels: int) -> list[Layer]:
        """Stem, eight layers, 1x1 conv; an identity that changes the shape is a 1x1 conv, too."""
        found: list[Layer] = [ConvLayer(channels, STEM, 3)]
        inputs = STEM
        for digit, outputs, stride in zip(value, WIDTHS, STRIDES, strict=True):
            same = stride == 1 and inputs == outputs
            if digit in _RESIDUALS:
                expansion, kernel = _RESIDUALS[digit]
                shortcut: Shortcut = "identity" if same else "none"
                found.append(
                    InvertedResidual(inputs, inputs * expansion, outputs, kernel, stride, shortcut=shortcut)
                )
            elif not same:
                found.append(ConvLayer(inputs, outputs, 1, stride, None))
            inputs = outputs
        return [*found, ConvLayer(inputs, HEAD, 1)]

    def nodes(self, value: str) -> list[Node]:
        """Stem, a node per layer, head."""
        stem = Node(Operation("conv", kernel=3), width=STEM)
        inner = (
            Node(_operation(digit, stride), width=width)
            for digit, width, stride in zip(value, WIDTHS, STRIDES, strict=True)
        )
        return [stem, *inner, Node(Operation("conv", kernel=1), width=HEAD)]

    def changed(self, value: str) -> Iterator[str]:
        """The 16 strings that differ in one digit."""
        for i, digit in enumerate(value):
            yield from (value[:i] + new + value[i + 1 :] for new in "012" if new != digit)

    def archs(self, population: str = "all") -> tuple[str, ...]:
        """All strings, sorted."""
        return _all()

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """The first ``n`` of a seeded permutation."""
        return ListedSpace.sample(self, n, seed, population)

    def draw(self, rng: np.random.Generator) -> str:
        """Every digit drawn uniformly."""
        return "".join(map(str, rng.integers(3, size=len(WIDTHS))))


@lru_cache(maxsize=1)
def _all() -> tuple[str, ...]:
    return tuple(map("".join, product("012", repeat=len(WIDTHS))))


def _operation(digit: str, stride: int) -> Operation:
    if digit in _RESIDUALS:
        expansion, kernel = _RESIDUALS[digit]
        return Operation("separable_conv", kernel=kernel, stride=stride, expansion=expansion)
    return Operation("conv", kernel=1, stride=stride) if stride > 1 else Operation("skip")


NB_MACRO = NBMacroSpace()

"""MBConv networks of Accel-NASBench: seven stages on the skeleton of MnasNet and EfficientNet-B0."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces.blocks import ConvLayer, InvertedResidual, Layer, SequenceSpace
from proxyrank.spaces.graph import Node, Operation

EXPANSIONS, KERNELS, LAYERS, SQUEEZE = (1, 4, 6), (3, 5), (1, 2, 3, 4), (0, 1)
STEM, WIDTHS, HEAD = 32, (16, 24, 40, 80, 112, 192, 320), 1280
STRIDES = (1, 2, 2, 2, 1, 2, 1)
"""Stride of the first layer of each stage; the stem has stride 2."""

_SQUEEZE_SHARE = 4
_STAGE = re.compile(r"e(\d{1,9})k(\d{1,9})l(\d{1,9})s(\d{1,9})")
_EXAMPLE = "e1k3l1s0-e6k3l2s1-... (7 stages: expansion, kernel, layers, squeeze-and-excitation 0 or 1)"


class Stage(NamedTuple):
    """Choices of one stage."""

    expansion: int
    kernel: int
    layers: int
    squeeze: int


Stages = tuple[Stage, ...]
_CHOICES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("expansion e", EXPANSIONS),
    ("kernel k", KERNELS),
    ("layers l", LAYERS),
    ("squeeze-and-excitation s", SQUEEZE),
)


class MBConvSpace(SequenceSpace[Stages]):
    """48 ** 7 networks; parameters equal the published ones."""

    name = "mbconv"
    description = "MBConv networks of Accel-NASBench (MnasNet skeleton, seven stages)"

    def read(self, text: Any) -> Stages:
        """Stages of a text ``e1k3l1s0-...``."""
        parts = text.strip().strip("'\"").split("-") if isinstance(text, str) else []
        if len(parts) != len(WIDTHS):
            raise ArchitectureError(f"{text!r:.120} is not an MBConv network; expected {_EXAMPLE}")
        return tuple(_stage(part.strip(), number) for number, part in enumerate(parts, start=1))

    def write(self, value: Stages) -> str:
        """Text ``e1k3l1s0-...``."""
        return "-".join(f"e{s.expansion}k{s.kernel}l{s.layers}s{s.squeeze}" for s in value)

    def layers(self, value: Stages, channels: int) -> list[Layer]:
        """Stem, stages, 1x1 conv to 1,280 channels."""
        found: list[Layer] = [ConvLayer(channels, STEM, 3, 2, "silu")]
        inputs = STEM
        for stage, outputs, stride in zip(value, WIDTHS, STRIDES, strict=True):
            for layer in range(stage.layers):
                found.append(_layer(stage, inputs, outputs, stride if layer == 0 else 1))
                inputs = outputs
        return [*found, ConvLayer(inputs, HEAD, 1, 1, "silu")]

    def nodes(self, value: Stages) -> list[Node]:
        """Stem, a node per stage, head."""
        stages = (
            Node(_operation(stage, stride), width=width)
            for stage, stride, width in zip(value, STRIDES, WIDTHS, strict=True)
        )
        stem, head = Operation("conv", kernel=3, stride=2), Operation("conv", kernel=1)
        return [Node(stem, width=STEM), *stages, Node(head, width=HEAD)]

    def changed(self, value: Stages) -> Iterator[Stages]:
        """Networks with one choice of one stage changed."""
        for i, stage in enumerate(value):
            for field, (_, choices) in enumerate(_CHOICES):
                for choice in choices:
                    if choice != stage[field]:
                        new = stage._replace(**{Stage._fields[field]: choice})
                        yield (*value[:i], new, *value[i + 1 :])

    def draw(self, rng: np.random.Generator) -> Stages:
        """Every choice drawn uniformly."""
        return tuple(_STAGES[i] for i in rng.integers(len(_STAGES), size=len(WIDTHS)))


def _stage(text: str, number: int) -> Stage:
    match = _STAGE.fullmatch(text)
    if match is None:
        raise ArchitectureError(f"stage {number}: {text!r:.120} is not a stage; expected {_EXAMPLE}")
    stage = Stage(*map(int, match.groups()))
    for value, (what, choices) in zip(stage, _CHOICES, strict=True):
        if value not in choices:
            known = ", ".join(map(str, choices))
            raise ArchitectureError(f"stage {number}: {what} must be one of {known}, got {value}")
    return stage


def _layer(stage: Stage, inputs: int, outputs: int, stride: int) -> InvertedResidual:
    return InvertedResidual(
        inputs,
        inputs * stage.expansion,
        outputs,
        stage.kernel,
        stride,
        expand=stage.expansion > 1,
        squeeze=inputs // _SQUEEZE_SHARE * stage.squeeze,
        shortcut="identity" if stride == 1 and inputs == outputs else "none",
        activation="silu",
    )


def _operation(stage: Stage, stride: int) -> Operation:
    return Operation(
        "separable_conv",
        kernel=stage.kernel,
        stride=stride,
        expansion=stage.expansion,
        repeats=stage.layers,
        squeeze_excite=bool(stage.squeeze),
    )


_STAGES = [Stage(*choice) for choice in product(EXPANSIONS, KERNELS, LAYERS, SQUEEZE)]

MBCONV = MBConvSpace()

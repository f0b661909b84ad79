"""Strings of blocks: their grammar and the layers that a block stands for."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces._texts import shortened
from proxyrank.spaces.blocks.layers import ConvLayer, InvertedResidual, Layer, Shortcut

KERNELS, EXPANSIONS = (3, 5, 7), (1, 2, 4, 6)
STEP = 8
"""Widths are multiples of it."""

_TOKEN = re.compile(r"(\w+)\(([^()]*)\)")
_RESIDUAL = re.compile(r"SuperResIDWE(\d{1,9})K(\d{1,9})")
_GRAMMAR = "SuperConvK3BNRELU(in,out,stride,1), SuperResIDWE{e}K{k}(in,out,stride,bottleneck,layers) ..., "
_GRAMMAR += "SuperConvK1BNRELU(in,out,1,1)"
_CHANNELS = (1, 3)


class Block(NamedTuple):
    """One block; a conv block (first and last) has ``expansion`` 0, ``bottleneck`` 0 and one layer."""

    kernel: int
    inputs: int
    outputs: int
    stride: int
    expansion: int = 0
    bottleneck: int = 0
    layers: int = 1


Blocks = tuple[Block, ...]


def format_blocks(blocks: Blocks) -> str:
    """The string of blocks, without blanks."""
    return "".join(map(_format, blocks))


def _format(block: Block) -> str:
    if not block.expansion:
        return f"SuperConvK{block.kernel}BNRELU({block.inputs},{block.outputs},{block.stride},1)"
    sizes = (block.inputs, block.outputs, block.stride, block.bottleneck, block.layers)
    return f"SuperResIDWE{block.expansion}K{block.kernel}({','.join(map(str, sizes))})"


def parse_blocks(text: object) -> Blocks:
    """Read a string of blocks; blanks and line ends anywhere are harmless.

    Raises
    ------
    ArchitectureError
        If it breaks the grammar, or two blocks do not fit; the message numbers the block (from 1).
    """
    if not isinstance(text, str):
        raise ArchitectureError(f"{text!r} is not a string of blocks; expected {_GRAMMAR}")
    stripped = re.sub(r"\s+", "", text).strip("'\"")
    blocks: list[Block] = []
    position = 0
    while position < len(stripped) or not blocks:
        token = _TOKEN.match(stripped, position)  # a search would try every later place, too
        if token is None:
            rest = shortened(stripped[position:])
            raise ArchitectureError(f"block {len(blocks) + 1}: {rest!r} is no block; expected {_GRAMMAR}")
        blocks.append(_block(token[1], token[2], len(blocks) + 1))
        position = token.end()
    _check_row(blocks)
    return tuple(blocks)


def _block(name: str, inside: str, number: int) -> Block:
    try:
        sizes = [int(size) for size in inside.split(",")]
    except ValueError:
        text = shortened(f"{name}({inside})")
        raise ArchitectureError(f"block {number}: {text} must hold whole numbers") from None
    if name in ("SuperConvK3BNRELU", "SuperConvK1BNRELU"):
        _check_count(sizes, 4, name, number, "in,out,stride,1")
        block = Block(int(name[10]), *sizes[:3])
        if sizes[3] != 1:
            raise ArchitectureError(f"block {number}: {name} has 1 layer, got {sizes[3]}")
    elif match := _RESIDUAL.fullmatch(name):
        _check_count(sizes, 5, name, number, "in,out,stride,bottleneck,layers")
        inputs, outputs, stride, bottleneck, layers = sizes
        block = Block(int(match[2]), inputs, outputs, stride, int(match[1]), bottleneck, layers)
        _check_choice(block.kernel, KERNELS, "kernel", number)
        _check_choice(block.expansion, EXPANSIONS, "expansion", number)
        _check_width(bottleneck, "bottleneck", number)
        if layers < 1:
            raise ArchitectureError(f"block {number}: layers must be at least 1, got {layers}")
    else:
        raise ArchitectureError(f"block {number}: unknown block {shortened(name)!r}; expected {_GRAMMAR}")
    _check_choice(block.stride, (1, 2), "stride", number)
    _check_width(block.outputs, "output width", number)
    return block


def _check_count(sizes: list[int], count: int, name: str, number: int, names: str) -> None:
    if len(sizes) != count:
        raise ArchitectureError(f"block {number}: {name} has {count} numbers ({names}), got {len(sizes)}")


def _check_choice(value: int, choices: tuple[int, ...], what: str, number: int) -> None:
    if value not in choices:
        raise ArchitectureError(
            f"block {number}: {what} must be one of {', '.join(map(str, choices))}, got {value}"
        )


def _check_width(width: int, what: str, number: int) -> None:
    if width < STEP or width % STEP:
        raise ArchitectureError(
            f"block {number}: {what} must be a multiple of {STEP}, got {width}; nearest: {round_width(width)}"
        )


def _check_row(blocks: Sequence[Block]) -> None:
    last = len(blocks)
    for number, block in enumerate(blocks, start=1):
        kind = "residual" if block.expansion else f"SuperConvK{block.kernel}BNRELU"
        right = {1: "SuperConvK3BNRELU", last: "SuperConvK1BNRELU"}.get(number, "residual")
        if kind != right or last == 1:
            raise ArchitectureError(f"block {number}: found {kind}; expected {_GRAMMAR}")
    if blocks[0].inputs not in _CHANNELS:
        raise ArchitectureError(f"block 1 expects {blocks[0].inputs} channels, an image has 1 or 3")
    if blocks[-1].stride != 1:
        raise ArchitectureError(f"block {last}: stride must be 1, got {blocks[-1].stride}")
    for number in range(1, last):
        given, expected = blocks[number - 1].outputs, blocks[number].inputs
        if given != expected:
            raise ArchitectureError(
                f"block {number + 1} expects {expected} channels, block {number} gives {given}"
            )


def round_width(width: float) -> int:
    """Nearest multiple of 8, at least 8; halves to the even one, as in the published search."""
    return max(STEP, round(width / STEP) * STEP)


def block_layers(block: Block, *, shortcuts: bool) -> list[Layer]:
    """Layers of a block: a conv, or two inverted residuals per layer."""
    if not block.expansion:
        return [ConvLayer(block.inputs, block.outputs, block.kernel, block.stride)]
    found: list[Layer] = []
    inputs, stride = block.inputs, block.stride
    for layer in range(block.layers):
        found.append(_residual(block, inputs, block.bottleneck, stride, shortcuts, first=layer == 0))
        found.append(_residual(block, block.bottleneck, block.outputs, 1, shortcuts, first=False))
        inputs, stride = block.outputs, 1
    return found


def _residual(
    block: Block, inputs: int, outputs: int, stride: int, shortcuts: bool, *, first: bool
) -> InvertedResidual:
    shortcut: Shortcut = "conv" if first or stride != 1 or inputs != outputs else "identity"
    return InvertedResidual(
        inputs,
        block.expansion * outputs,
        outputs,
        block.kernel,
        stride,
        shortcut=shortcut if shortcuts else "none",
        final_activation=True,
    )

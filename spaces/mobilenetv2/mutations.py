"""Changes of one block, as in the published search: all of its numbers at once, then widths chained again."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from proxyrank.spaces.mobilenetv2.blocks import EXPANSIONS, KERNELS, Block, Blocks, round_width

FACTORS = (2.5, 2, 1.5, 1.25, 1, 1 / 1.25, 1 / 1.5, 1 / 2, 1 / 2.5)
"""What a width is multiplied by."""

LAYERS = (-2, -1, 0, 1, 2)
"""What the number of layers changes by; at least one layer stays."""

SPLIT = 6
"""A block of that many layers or more becomes two."""


def changed_blocks(block: Block) -> Iterator[Block]:
    """What a first conv or a middle block may become, itself included; a last conv stays as it is."""
    if not block.expansion:
        factors = FACTORS if block.kernel > 1 else (1,)
        yield from (block._replace(outputs=round_width(block.outputs * factor)) for factor in factors)
        return
    outputs = dict.fromkeys(round_width(block.outputs * factor) for factor in FACTORS)
    bottlenecks = dict.fromkeys(round_width(block.bottleneck * factor) for factor in FACTORS)
    layers = dict.fromkeys(max(1, block.layers + more) for more in LAYERS)
    for kernel, expansion, number, out, inner in product(KERNELS, EXPANSIONS, layers, outputs, bottlenecks):
        yield Block(kernel, block.inputs, out, block.stride, expansion, inner, number)


def neighbour_rows(blocks: Blocks) -> Iterator[Blocks]:
    """Every result of a change of one block."""
    for position, block in enumerate(blocks):
        for new in changed_blocks(block):
            yield _with_block(blocks, position, new)


def mutated(blocks: Blocks, rng: np.random.Generator) -> Blocks:
    """One change: a block drawn uniformly but the last one, each of its numbers drawn by itself."""
    position = int(rng.integers(len(blocks) - 1))
    block = blocks[position]
    outputs = round_width(block.outputs * FACTORS[rng.integers(len(FACTORS))])
    if not block.expansion:
        return _with_block(blocks, position, block._replace(outputs=outputs))
    new = Block(
        KERNELS[rng.integers(len(KERNELS))],
        block.inputs,
        outputs,
        block.stride,
        EXPANSIONS[rng.integers(len(EXPANSIONS))],
        round_width(block.bottleneck * FACTORS[rng.integers(len(FACTORS))]),
        max(1, block.layers + LAYERS[rng.integers(len(LAYERS))]),
    )
    return _with_block(blocks, position, new)


def _with_block(blocks: Blocks, position: int, new: Block) -> Blocks:
    row = [*blocks[:position], new, *blocks[position + 1 :]]
    if position + 1 < len(row):
        row[position + 1] = row[position + 1]._replace(inputs=new.outputs)
    return tuple(part for block in row for part in _halves(block))


def _halves(block: Block) -> list[Block]:
    if block.layers < SPLIT:
        return [block]
    first = block.layers // 2
    before = block._replace(layers=first)
    behind = block._replace(layers=block.layers - first, inputs=block.outputs, stride=1)
    return [*_halves(before), *_halves(behind)]

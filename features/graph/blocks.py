"""Blocks: networks that are a row of nodes, read block by block, level by level, and as a whole.

A level is the blocks of one resolution: it begins with a block of stride 2. Parameters are the weights of a
block's convolutions, in closed form from widths, kernel, expansion and repeats; work is
multiply-accumulates per pixel of the input. Squeeze-and-excitation and shortcuts are not in them.

Columns: ``block3_kernel``: of the third block of the row (the stem is the first); blocks beyond the tenth
count in their level and in the whole only. ``layers`` are repeats, ``squeeze`` whether there is
squeeze-and-excitation, ``expand`` layers times expansion, ``look`` layers times kernel. ``level2_...``:
sums over the blocks of a level, ``squeezed`` layers with squeeze-and-excitation. ``blocks_...``: sums over
all; with ``sum``, ``early``, ``late``, ``last`` (`EMPHASES`) of logarithms too, so that each block counts,
and not the largest alone, and by where in the row it stands.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._group import graph_group
from proxyrank.features.graph._words import Vocabulary
from proxyrank.spaces.graph import Operation, OpGraph

POSITIONS, LEVELS = 10, 6
_NAMES = ("layers", "kernel", "expansion", "squeeze", "expand", "look", "log_width", "log_work", "log_params")
_SUMMED = ("blocks", "layers", "expand", "look", "squeezed", "log_work", "log_params", "log_width")
_EMPHASISED = (
    "layers",
    "log_layers",
    "log_expansion",
    "log_expand",
    "look",
    "squeeze",
    "squeezed",
    "log_work",
    "log_params",
)

EMPHASES: Mapping[str, Callable[[float], float]] = {
    "sum": lambda place: 1.0,
    "early": lambda place: 1.0 - place,
    "late": lambda place: place,
    "last": lambda place: place**2,
}
"""Weight of a block by its place in the row, above 0 and, for the last block, 1."""

COLUMNS = (
    *(f"block{i + 1}_{name}" for i in range(POSITIONS) for name in _NAMES),
    *(f"level{i}_{name}" for i in range(LEVELS) for name in _SUMMED),
    *(f"blocks_{name}" for name in _SUMMED),
    *(f"blocks_{emphasis}_{name}" for emphasis in EMPHASES for name in _EMPHASISED),
)


@dataclass(frozen=True)
class _Block:
    """Numbers of one block."""

    layers: float
    kernel: float
    expansion: float
    squeeze: float
    width: float
    work: float
    params: float


def block_values(graph: OpGraph, words: Vocabulary) -> list[float]:
    """Row of a graph, in the order of `COLUMNS`.

    Raises
    ------
    NotApplicableError
        If the graph is not a row of nodes of known width that carry operations.
    """
    rows = _row(graph)
    values: list[float] = []
    for block, _ in [*rows[:POSITIONS], *[(_NOTHING, 0)] * (POSITIONS - len(rows))]:
        layers, kernel, expansion, squeeze, width, work, params = astuple(block)
        logs = map(math.log1p, (width, work, params))
        values += [layers, kernel, expansion, squeeze, layers * expansion, layers * kernel, *logs]
    for level in range(LEVELS):
        values += _sums([block for block, own in rows if own == level])
    return values + _sums([block for block, _ in rows]) + _emphasised([block for block, _ in rows])


_NOTHING = _Block(0, 0, 0, 0, 0, 0, 0)


def _row(graph: OpGraph) -> list[tuple[_Block, int]]:
    """Blocks in turn, and the level of each."""
    chain = [(edge.source, edge.target) for edge in graph.edges]
    if chain != [(i, i + 1) for i in range(graph.n_nodes - 1)] or any(edge.operation for edge in graph.edges):
        raise NotApplicableError("the graph is not a row of blocks")
    rows = []
    inputs, level, pixels = graph.nodes[0].width, 0, 1.0
    for node in graph.nodes[1:]:
        if node.operation is None or node.width is None or inputs is None:
            raise NotApplicableError("a block of the row has no operation or no known width")
        level += node.operation.stride > 1
        rows.append((_block(node.operation, inputs, node.width, pixels), min(level, LEVELS - 1)))
        inputs, pixels = node.width, pixels / node.operation.stride**2
    return rows


def _block(operation: Operation, inputs: int, width: int, pixels: float) -> _Block:
    """Numbers of a block that reads ``inputs`` channels of ``pixels`` pixels."""
    if operation.family in ("skip", "none"):
        return _Block(0, 0, 0, 0, width, 0, 0)
    work = params = 0.0
    for layer in range(operation.repeats):
        stride = operation.stride if layer == 0 else 1
        before, behind = _weights(operation, inputs if layer == 0 else width, width)
        work += before * pixels + behind * pixels / stride**2
        params += before + behind
        pixels /= stride**2
    squeeze = float(operation.squeeze_excite)
    return _Block(operation.repeats, operation.kernel, operation.expansion, squeeze, width, work, params)


def _weights(operation: Operation, inputs: int, outputs: int) -> tuple[float, float]:
    """Weights of one layer before its stride and behind it."""
    area = operation.kernel**2
    if operation.family == "separable_conv":
        inner = operation.expansion * inputs
        return (inputs * inner if operation.expansion != 1 else 0), area * inner + inner * outputs
    if operation.family == "depthwise_conv":
        return 0, area * outputs
    return 0, area * inputs * outputs / operation.groups if operation.family in ("conv", "linear") else 0


def _sums(blocks: Sequence[_Block]) -> list[float]:
    """Values named in ``_SUMMED``."""
    return [
        float(len(blocks)),
        sum(b.layers for b in blocks),
        sum(b.layers * b.expansion for b in blocks),
        sum(b.layers * b.kernel for b in blocks),
        sum(b.layers * b.squeeze for b in blocks),
        math.log1p(sum(b.work for b in blocks)),
        math.log1p(sum(b.params for b in blocks)),
        math.log1p(sum(b.width for b in blocks)),
    ]


def _emphasised(blocks: Sequence[_Block]) -> list[float]:
    """Sums of what ``_EMPHASISED`` names, over blocks weighted by each of `EMPHASES`."""
    rows = [_logs(block) for block in blocks]
    values: list[float] = []
    for weight in EMPHASES.values():
        weights = [weight((i + 1) / len(rows)) for i in range(len(rows))]
        values += [
            sum(w * x for w, x in zip(weights, column, strict=True)) for column in zip(*rows, strict=True)
        ]
    return values


def _logs(block: _Block) -> tuple[float, ...]:
    """Values named in ``_EMPHASISED``."""
    expansion = math.log(block.expansion) if block.expansion else 0.0
    return (
        block.layers,
        math.log1p(block.layers),
        expansion,
        expansion * block.layers,
        block.layers * block.kernel,
        block.squeeze,
        block.layers * block.squeeze,
        math.log1p(block.work),
        math.log1p(block.params),
    )


BLOCKS = graph_group(
    "blocks",
    "blocks: kernel, expansion, layers, squeeze-and-excitation, width, work of blocks in a row",
    lambda words: COLUMNS,
    block_values,
    version=2,
    needs=("graph", "blocks"),
)

"""Genotypes: two cells of four nodes, each the sum of two operations, in the published spellings."""

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from proxyrank.common.errors import ArchitectureError, nearest
from proxyrank.spaces._texts import shortened
from proxyrank.spaces.isomorphism import canonical_order

NONE, SKIP = "none", "skip_connect"
OPS = (
    NONE,
    "max_pool_3x3",
    "avg_pool_3x3",
    SKIP,
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
NODES, INPUTS = 4, 2
"""Inner nodes of a cell, and its inputs: the outputs of the two cells before, the earlier one first."""

_CONCAT = list(range(INPUTS, INPUTS + NODES))
_CONCATENATED = list(map(str, _CONCAT))
_EXAMPLE = (
    "Genotype(normal=[('sep_conv_3x3', 0), ...], normal_concat=range(2, 6), reduce=[...], reduce_concat=...)"
)

Pair = tuple[str, int]
"""Operation and what it reads: 0 and 1 the inputs, 2 to 5 the nodes."""

Cell = tuple[Pair, ...]
"""Eight pairs, two per node."""


class Genotype(NamedTuple):
    """The two cells."""

    normal: Cell
    reduce: Cell


def format_genotype(genotype: Genotype) -> str:
    """The spelling of the published code: flat lists of pairs, nodes 2 to 5 concatenated."""
    normal, reduce = list(genotype.normal), list(genotype.reduce)
    return f"Genotype(normal={normal}, normal_concat=range(2, 6), reduce={reduce}, reduce_concat=range(2, 6))"


def parse_genotype(text: object) -> Genotype:
    """Read a genotype; nothing in it is ever run.

    Parameters
    ----------
    text
        ``Genotype(normal=..., normal_concat=..., reduce=..., reduce_concat=...)``; a cell is a list of eight
        pairs, or of four lists of two; a concatenation is a range or a list and may be absent.

    Raises
    ------
    ArchitectureError
        If it is something else; the message names the cell, the node and the operation.
    """
    fields = _fields(text)
    cells = []
    for name in Genotype._fields:
        if name not in fields:
            raise ArchitectureError(f"the genotype has no cell {name!r}; expected {_EXAMPLE}")
        concat = fields.get(f"{name}_concat", _CONCAT)
        if not isinstance(concat, list | tuple | range) or sorted(map(str, concat[:9])) != _CONCATENATED:
            raise ArchitectureError(f"{name}_concat must be the nodes 2 to 5, got {concat!r}")
        cells.append(_cell(fields[name], name))
    return Genotype(*cells)


def _fields(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise ArchitectureError(f"{text!r} is not a genotype; expected {_EXAMPLE}")
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ArchitectureError(f"{shortened(text)!r} is not a genotype; expected {_EXAMPLE}") from None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "Genotype":
        raise ArchitectureError(f"{shortened(text)!r} is not a genotype; expected {_EXAMPLE}")
    if call.args:
        raise ArchitectureError(f"the parts of a genotype must be named; expected {_EXAMPLE}")
    return {str(word.arg): _literal(word.value, str(word.arg)) for word in call.keywords}


def _literal(node: ast.expr, field: str) -> Any:
    """Value of a list, tuple or ``range(...)``."""
    try:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            return range(*(ast.literal_eval(argument) for argument in node.args))
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        raise ArchitectureError(f"{field} of the genotype must be a list; expected {_EXAMPLE}") from None


def _cell(value: Any, name: str) -> Cell:
    pairs = value if isinstance(value, list | tuple) else []
    if len(pairs) == NODES:
        for node, two in enumerate(pairs):
            if not isinstance(two, list | tuple) or len(two) != 2:
                raise ArchitectureError(f"{name}, node {node + INPUTS}: expected 2 operations, got {two!r}")
        pairs = [pair for two in pairs for pair in two]
    if len(pairs) != 2 * NODES:
        raise ArchitectureError(f"{name}: expected {2 * NODES} pairs (operation, source), got {len(pairs)}")
    return tuple(
        _pair(pair, f"{name}, node {i // 2 + INPUTS}", i // 2 + INPUTS) for i, pair in enumerate(pairs)
    )


def _pair(pair: Any, where: str, node: int) -> Pair:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ArchitectureError(f"{where}: expected a pair (operation, source), got {pair!r}")
    op, source = pair
    if op not in OPS:
        near = nearest(str(op), OPS, least=0.0)
        raise ArchitectureError(f"{where}: unknown operation {op!r}; nearest valid name: {near}")
    if type(source) is not int or not 0 <= source < node:
        raise ArchitectureError(f"{where}: an operation reads a source below {node}, got {source!r}")
    return op, source


def prune_cell(cell: Cell) -> Cell:
    """Operations that carry nothing (none, or one that reads nothing) become ``('none', 0)``."""
    carries = [True] * INPUTS
    found: list[Pair] = []
    for first, second in _by_node(cell):
        pairs = [
            (op, source) if op != NONE and carries[source] else (NONE, 0) for op, source in (first, second)
        ]
        carries.append(any(op != NONE for op, _ in pairs))
        found += pairs
    return tuple(found)


def smallest_cell(cell: Cell) -> Cell:
    """One pruned cell for all that differ in the order of nodes and pairs only."""
    pruned = prune_cell(cell)
    edges = [
        (source, node, OPS.index(op))
        for node, pairs in enumerate(_by_node(pruned), start=INPUTS)
        for op, source in pairs
        if op != NONE
    ]
    order = canonical_order([-2, -1, *[0] * NODES], edges)
    new = {old: i for i, old in enumerate(order)}
    nodes: list[list[Pair]] = [[] for _ in range(NODES)]
    for source, node, op in edges:
        nodes[new[node] - INPUTS].append((OPS[op], new[source]))
    filled = (sorted(pairs, key=lambda pair: pair[::-1]) + [(NONE, 0)] * (2 - len(pairs)) for pairs in nodes)
    return tuple(pair for pairs in filled for pair in pairs)


def neighbour_cells(cell: Cell) -> Iterator[Cell]:
    """Cells with one operation (none excepted) or source changed; the sources of a node differ."""
    for i, (op, source) in enumerate(cell):
        other = cell[i ^ 1][1]
        new = [(name, source) for name in OPS if name not in (op, NONE)]
        new += [(op, node) for node in range(i // 2 + INPUTS) if node not in (source, other)]
        yield from ((*cell[:i], pair, *cell[i + 1 :]) for pair in new)


def random_cell(rng: np.random.Generator) -> Cell:
    """Two different sources per node and an operation each (none excepted), drawn uniformly."""
    pairs: list[Pair] = []
    for node in range(INPUTS, INPUTS + NODES):
        sources = sorted(rng.permutation(node)[:2].tolist())
        pairs += [(OPS[1 + rng.integers(len(OPS) - 1)], source) for source in sources]
    return tuple(pairs)


def _by_node(cell: Cell) -> list[tuple[Pair, Pair]]:
    return [(cell[2 * i], cell[2 * i + 1]) for i in range(NODES)]

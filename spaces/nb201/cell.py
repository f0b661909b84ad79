"""Cells: six operations in the order of the string form, and both public spellings of them."""

import re
from itertools import product

from proxyrank.common.errors import ArchitectureError, nearest
from proxyrank.spaces._texts import shortened
from proxyrank.spaces.graph import Edge, Operation, OpGraph

Cell = tuple[str, str, str, str, str, str]

NONE, SKIP, CONV1, CONV3, POOL = "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"
OPS = (NONE, SKIP, CONV1, CONV3, POOL)
OPERATIONS: dict[str, Operation] = {
    NONE: Operation("none", name=NONE),
    SKIP: Operation("skip", name=SKIP),
    CONV1: Operation("conv", 1, name=CONV1),
    CONV3: Operation("conv", 3, name=CONV3),
    POOL: Operation("pool", 3, name=POOL),
}

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""Source and target of each edge, in the order of the string form."""

PLACES = tuple(f"{source}>{target}" for source, target in EDGES)
"""What features call them."""

TUPLE_OPS = (SKIP, NONE, CONV3, CONV1, POOL)
"""Operation of each code in the tuple form."""

TUPLE_EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
"""Edge of each position in the tuple form."""

_TO_TUPLE = tuple(EDGES.index(edge) for edge in TUPLE_EDGES)
_EXAMPLE = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|nor_conv_1x1~2|"
_TUPLE = re.compile(r"[(\[]\s*(.*?)\s*,?\s*[)\]]", re.DOTALL)


def format_cell(cell: Cell) -> str:
    """String form, ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
    a, b, c, d, e, f = cell
    return f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"


def cell_to_tuple(cell: Cell) -> tuple[int, ...]:
    """Tuple form: operation codes in the edge order 0->1, 0->2, 0->3, 1->2, 1->3, 2->3."""
    return tuple(TUPLE_OPS.index(cell[i]) for i in _TO_TUPLE)


def parse_cell(text: object) -> Cell:
    """Read a cell in either spelling; blanks, quotes and line ends around it are harmless.

    Parameters
    ----------
    text
        A string form, the text of a tuple form, or a sequence of six codes.

    Raises
    ------
    ArchitectureError
        If it is neither; the message names the token, its position and the nearest valid name.
    """
    if isinstance(text, (tuple, list)):
        return _from_codes([str(code) for code in text], str(text))
    if not isinstance(text, str):
        raise ArchitectureError(f"{text!r} is not a topology cell; expected text such as {_EXAMPLE}")
    stripped = text.strip().strip("'\"").strip()
    if match := _TUPLE.fullmatch(stripped):
        return _from_codes([code.strip() for code in match[1].split(",")], stripped)
    if re.fullmatch(r"[+-]?\d+", stripped):
        raise ArchitectureError(
            f"{shortened(stripped)} is an index, and indices differ between tables; "
            "give the cell as a string or a tuple"
        )
    if "|" not in stripped:
        raise ArchitectureError(f"{shortened(stripped)!r} is not a topology cell; expected {_EXAMPLE}")
    return _from_string(stripped)


def _from_codes(codes: list[str], text: str) -> Cell:
    if len(codes) != len(EDGES):
        raise ArchitectureError(f"{shortened(text)}: a cell tuple has 6 codes, got {len(codes)}")
    cell = [""] * len(EDGES)
    for position, code in enumerate(codes):
        if code not in {"0", "1", "2", "3", "4"}:
            raise ArchitectureError(
                f"{shortened(text)}: code {code or 'nothing'} at position {position + 1} "
                f"is not an operation; codes are {', '.join(f'{i} {op}' for i, op in enumerate(TUPLE_OPS))}"
            )
        cell[_TO_TUPLE[position]] = TUPLE_OPS[int(code)]
    return _as_cell(cell)


def _from_string(text: str) -> Cell:
    groups = [group.strip() for group in text.split("+")]
    if len(groups) != 3:
        raise ArchitectureError(
            f"{shortened(text)}: a cell has 3 node groups joined by '+', got {len(groups)}"
        )
    cell: list[str] = []
    for node, group in enumerate(groups, start=1):
        if len(group) < 2 or group[0] != "|" or group[-1] != "|":
            raise ArchitectureError(
                f"{shortened(text)}: node group {node} ({group!r}) must stand between '|'"
            )
        tokens = [token.strip() for token in group[1:-1].split("|")]
        if len(tokens) != node:
            raise ArchitectureError(
                f"{shortened(text)}: node group {node} has {node} operations, got {len(tokens)}"
            )
        for source, token in enumerate(tokens):
            cell.append(_op_of(token, source, position=len(cell) + 1))
    return _as_cell(cell)


def _op_of(token: str, source: int, position: int) -> str:
    op, tilde, node = token.partition("~")
    where = f"operation {position} of 6 (edge {source}->{EDGES[position - 1][1]})"
    if op not in OPERATIONS:
        near = nearest(op, OPS, least=0.0)
        raise ArchitectureError(f"unknown operation {op!r} at {where}; nearest valid name: {near}")
    if not tilde or node != str(source):
        raise ArchitectureError(f"{token!r} at {where} must end in ~{source}")
    return op


def _as_cell(ops: list[str]) -> Cell:
    a, b, c, d, e, f = ops
    return (a, b, c, d, e, f)


def all_cells() -> list[Cell]:
    """The 15,625 cells, sorted by their string form."""
    return sorted((_as_cell(list(ops)) for ops in product(OPS, repeat=len(EDGES))), key=format_cell)


def cell_graph(cell: Cell) -> OpGraph:
    """The cell as a graph, edges in the order of the string form."""
    return OpGraph.on_edges(4, (Edge(i, j, OPERATIONS[op]) for (i, j), op in zip(EDGES, cell, strict=True)))


def neighbour_cells(cell: Cell) -> list[Cell]:
    """The 24 cells that differ in one operation."""
    return [
        _as_cell([*cell[:i], op, *cell[i + 1 :]]) for i in range(len(EDGES)) for op in OPS if op != cell[i]
    ]

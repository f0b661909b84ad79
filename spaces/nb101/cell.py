"""Cells: an upper triangular matrix and an operation per inner vertex, in every public spelling."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from proxyrank.common.errors import ArchitectureError, nearest
from proxyrank.spaces._texts import shortened
from proxyrank.spaces.isomorphism import canonical_order

CONV3, CONV1, POOL = "conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"
OPS = (CONV3, CONV1, POOL)
"""Operation of each digit."""

MAX_VERTICES, MAX_EDGES = 7, 9
_EXAMPLE = "0110/0001/0001:01 (rows of the matrix, ':', a digit per inner vertex)"
_COMPACT = re.compile(r"([01]+(?:/[01]+)*)\s*[:;,\s]\s*(\S*)")
_SHORTEST_LISTED = 2


class Cell(NamedTuple):
    """Vertex 0 is the input, the last one the output.

    ``targets[i]`` has bit j set where an edge leads from vertex i to j > i, the last one is 0; ``ops`` is a
    digit per inner vertex.
    """

    targets: tuple[int, ...]
    ops: str

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Source and target of each edge, sorted."""
        size = len(self.targets)
        return [(i, j) for i in range(size) for j in range(i + 1, size) if self.targets[i] >> j & 1]


def format_cell(cell: Cell) -> str:
    """Exact spelling: rows of the matrix but the last joined by ``/``, a colon, the operations."""
    return f"{_matrix(cell.targets)}:{cell.ops}"


@lru_cache(1 << 16)
def _matrix(targets: tuple[int, ...]) -> str:
    return "/".join(format(row, f"0{len(targets)}b")[::-1] for row in targets[:-1])


def parse_cell(text: object) -> Cell:
    """Read a cell: ``matrix:ops`` as in tables, or the JSON of the published package.

    Parameters
    ----------
    text
        ``0110/0001/0001:01`` (rows 0 .. n-2 and one digit per inner vertex; 0 conv3x3, 1 conv1x1, 2 max
        pool), or a JSON object with ``matrix`` (n rows of 0 and 1, or their text) and ``ops`` (names, with or
        without ``input`` and ``output``, or digits), also by the published keys ``module_adjacency`` and
        ``module_operations``.

    Raises
    ------
    ArchitectureError
        If it is neither, or breaks a rule of the space.
    """
    if not isinstance(text, str):
        raise ArchitectureError(f"{text!r} is not a NAS-Bench-101 cell; expected text such as {_EXAMPLE}")
    stripped = text.strip()
    if stripped.startswith("{"):
        return _from_json(stripped)
    match = _COMPACT.fullmatch(stripped.strip("'\""))
    if match is None:
        raise ArchitectureError(f"{shortened(stripped)!r} is not a NAS-Bench-101 cell; expected {_EXAMPLE}")
    return _checked(match[1], match[2], stripped)


def _from_json(text: str) -> Cell:
    try:
        value = json.loads(text.replace("'", '"'))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ArchitectureError(f"{shortened(text)}: not valid JSON ({error})") from None
    matrix = value.get("matrix", value.get("module_adjacency"))
    ops = value.get("ops", value.get("module_operations"))
    if matrix is None or ops is None:
        raise ArchitectureError(
            f"{shortened(text)}: expected the keys 'matrix' and 'ops', found {', '.join(value)}"
        )
    for what, given in (("matrix", matrix), ("ops", ops)):
        if not isinstance(given, str | list):
            raise ArchitectureError(f"{shortened(text)}: {what} must be a list or a text, found {given!r}")
    rows = matrix.split("/") if isinstance(matrix, str) else [_row(row, text) for row in matrix]
    if rows and len(rows) == len(rows[0]):  # the published matrix is square
        if "1" in rows[-1]:
            raise ArchitectureError(
                f"{shortened(text)}: the last row must be zero, the output has no targets"
            )
        rows = rows[:-1]
    return _checked("/".join(rows), ops if isinstance(ops, str) else _digits(ops, len(rows) + 1, text), text)


def _row(row: Any, text: str) -> str:
    if isinstance(row, str):
        return row
    if not isinstance(row, list) or any(edge not in (0, 1) for edge in row):
        raise ArchitectureError(f"{shortened(text)}: a row of the matrix must hold 0 and 1, found {row!r}")
    return "".join(str(int(edge)) for edge in row)


def _digits(ops: Sequence[Any], size: int, text: str) -> str:
    if len(ops) == size and size >= _SHORTEST_LISTED:
        if [ops[0], ops[-1]] != ["input", "output"]:
            raise ArchitectureError(
                f"{shortened(text)}: {size} operations must begin with input and end with output"
            )
        ops = ops[1:-1]
    digits = ""
    for vertex, op in enumerate(ops, start=1):
        if op not in OPS and str(op) not in {"0", "1", "2"}:
            near = nearest(str(op), OPS, least=0.0)
            raise ArchitectureError(
                f"{shortened(text)}: unknown operation {op!r} at vertex {vertex}; nearest valid name: {near}"
            )
        digits += str(OPS.index(op) if op in OPS else op)
    return digits


def _checked(rows: str, ops: str, text: str) -> Cell:
    try:
        targets = _targets(rows)
    except ArchitectureError as error:
        raise ArchitectureError(f"{shortened(text)}: {error}") from None
    inner = len(targets) - 2
    if len(ops) != inner or ops.strip("012"):
        raise ArchitectureError(
            f"{shortened(text)}: {inner + 2} vertices need {inner} operations, each a digit 0 to 2, "
            f"found {ops!r}"
        )
    return Cell(targets, ops)


@lru_cache(1 << 16)
def _targets(matrix: str) -> tuple[int, ...]:
    """Bits of a matrix's rows, checked; a table holds far fewer matrices than cells."""
    rows = matrix.split("/")
    size = len(rows) + 1
    if not 2 <= size <= MAX_VERTICES:
        raise ArchitectureError(
            f"a cell has 2 to {MAX_VERTICES} vertices, the matrix has {size} (its last row is omitted)"
        )
    for i, row in enumerate(rows):
        if len(row) != size or row.strip("01"):
            raise ArchitectureError(f"row {i + 1} of the matrix must be {size} digits 0 or 1, found {row!r}")
        if "1" in row[: i + 1]:
            raise ArchitectureError(f"row {i + 1} of the matrix has an edge that does not go forward")
    cell = Cell((*(int(row[::-1], 2) for row in rows), 0), "0" * (size - 2))
    if not live_vertices(cell):
        raise ArchitectureError("no path from the input to the output")
    if (edges := len(prune(cell).edges)) > MAX_EDGES:
        raise ArchitectureError(f"at most {MAX_EDGES} edges may lie on paths to the output, got {edges}")
    return cell.targets


def live_vertices(cell: Cell) -> int:
    """Vertices on a path from input to output, as bits; 0 where there is no path."""
    targets, size = cell.targets, len(cell.targets)
    reached = 1
    for i in range(size):
        if reached >> i & 1:
            reached |= targets[i]
    useful = 1 << (size - 1)
    for i in range(size - 2, -1, -1):
        if targets[i] & useful:
            useful |= 1 << i
    return reached & useful if reached >> (size - 1) & 1 else 0


def prune(cell: Cell) -> Cell:
    """The cell without vertices that no input reaches or that reach no output."""
    live = live_vertices(cell)
    if live == (1 << len(cell.targets)) - 1:
        return cell
    return _reordered(cell, [i for i in range(len(cell.targets)) if live >> i & 1])


def smallest(cell: Cell) -> Cell:
    """One pruned cell for all that are the same graph up to the names of their vertices."""
    pruned = prune(cell)
    labels = [-1, *map(int, pruned.ops), len(OPS)]
    order = canonical_order(labels, [(i, j, 0) for i, j in pruned.edges])
    return _reordered(pruned, order)


def _reordered(cell: Cell, order: Sequence[int]) -> Cell:
    """The cell of the vertices ``order`` (old numbers), renumbered in that order."""
    targets = tuple(
        sum(1 << new for new, old in enumerate(order) if cell.targets[i] >> old & 1) for i in order
    )
    return Cell(targets, "".join(cell.ops[i - 1] for i in order[1:-1]))

"""Cells next to a cell, and cells drawn at random."""

import numpy as np

from proxyrank.spaces.nb101.cell import MAX_EDGES, MAX_VERTICES, Cell, live_vertices, prune, smallest


def neighbour_cells(cell: Cell) -> list[Cell]:
    """Cells one change away, each once and in its smallest form.

    A change is another operation on a vertex, an edge added or removed, or, below 7 vertices, a new vertex
    that reads one vertex and feeds one later vertex.
    """
    cell = prune(cell)
    size = len(cell.targets)
    found: list[Cell] = []
    for i, op in enumerate(cell.ops):
        found += [Cell(cell.targets, cell.ops[:i] + new + cell.ops[i + 1 :]) for new in "012" if new != op]
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    found += [_flipped(cell, i, j) for i, j in pairs]
    if size < MAX_VERTICES:
        found += [_with_vertex(cell, i, j, op) for i, j in pairs for op in "012"]
    kept: dict[Cell, None] = {}
    for new in found:
        if _is_valid(new):
            kept[smallest(new)] = None
    kept.pop(smallest(cell), None)
    return list(kept)


def random_cell(rng: np.random.Generator) -> Cell | None:
    """Smallest form of a cell of 7 vertices with random edges and operations; None where it is no cell."""
    bits = np.triu(rng.integers(2, size=(MAX_VERTICES, MAX_VERTICES)), 1)
    targets = tuple(sum(1 << j for j in range(MAX_VERTICES) if row[j]) for row in bits)
    cell = Cell(targets, "".join(map(str, rng.integers(3, size=MAX_VERTICES - 2))))
    return smallest(cell) if _is_valid(cell) else None


def _is_valid(cell: Cell) -> bool:
    return live_vertices(cell) > 0 and len(prune(cell).edges) <= MAX_EDGES


def _flipped(cell: Cell, source: int, target: int) -> Cell:
    rows = list(cell.targets)
    rows[source] ^= 1 << target
    return Cell(tuple(rows), cell.ops)


def _with_vertex(cell: Cell, source: int, target: int, op: str) -> Cell:
    """The cell with a vertex put in front of ``target`` that reads ``source`` and feeds ``target``."""
    low = (1 << target) - 1
    rows = [(row & low) | (row & ~low) << 1 for row in cell.targets]
    rows[source] |= 1 << target
    rows.insert(target, 1 << (target + 1))
    return Cell(tuple(rows), cell.ops[: target - 1] + op + cell.ops[target - 1 :])

"""The micro space of TransNAS-Bench-101 as an object."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces.base import ListedSpace, Sizes
from proxyrank.spaces.cells import CellSpace
from proxyrank.spaces.data import DataShape, data_shape
from proxyrank.spaces.graph import Edge, Operation, OpGraph
from proxyrank.spaces.nb201 import cell as nb201
from proxyrank.spaces.nb201 import keys
from proxyrank.spaces.tnb101.sizes import cell_sizes

if TYPE_CHECKING:
    from torch import nn

OPS = (nb201.NONE, nb201.SKIP, nb201.CONV1, nb201.CONV3)
"""Operation of each digit."""

HALVING = Operation("conv", kernel=1, stride=2, name="factorized_reduce")
"""What a skip is that leaves the input of a cell that halves the image."""

_REDUCE = "reduce"
_PUBLISHED = re.compile(r"(?:64-41414-)?(\d)_(\d\d)_(\d\d\d)")
_CODES = re.compile(r"[(\[]\s*(.*?)\s*,?\s*[)\]]", re.DOTALL)
_EXAMPLE = "(2, 3, 2, 3, 2, 3) or 64-41414-2_32_323 (digits of the edges 0->1, 0->2, 1->2, 0->3, 1->3, 2->3)"

Cell = nb201.Cell


class TNB101MicroSpace(CellSpace[Cell], ListedSpace):
    """All 4,096 cells; edges in the order of the string, codes 0 none, 1 skip, 2 conv1x1, 3 conv3x3."""

    name = "tnb101-micro"
    ops = (*(nb201.OPERATIONS[op] for op in OPS), HALVING)
    part_names = ("normal", "reduce")
    places = nb201.PLACES
    description = "TransNAS-Bench-101 micro: NAS-Bench-201 cells without pooling, 64-41414 skeleton"

    def read(self, text: Any) -> Cell:
        """Cell of six codes, or of the published text."""
        codes = [str(code) for code in text] if isinstance(text, tuple | list) else _codes(text)
        if len(codes) != len(nb201.EDGES):
            raise ArchitectureError(f"{text!r:.120}: a cell has 6 codes, got {len(codes)}")
        for position, code in enumerate(codes, start=1):
            if code not in {"0", "1", "2", "3"}:
                known = ", ".join(f"{i} {op}" for i, op in enumerate(OPS))
                raise ArchitectureError(
                    f"{text!r:.120}: code {code or 'nothing'} at position {position} is not an operation; "
                    f"codes are {known}"
                )
        a, b, c, d, e, f = (OPS[int(code)] for code in codes)
        return (a, b, c, d, e, f)

    def write(self, value: Cell) -> str:
        """The codes as a tuple."""
        return str(tuple(OPS.index(op) for op in value))

    def prune(self, cell: Cell) -> Cell:
        """Operations off every path from input to output become none."""
        return keys.canonical_cell(cell)

    def function_key(self, arch: str) -> str:
        """Equal exactly for cells that are the same network up to names.

        A skip that leaves the input halves the image in some cells, so it is an operation like a conv.
        """
        return _key(self.prune(self.value(arch)))

    def representative(self, arch: str) -> str:
        """The first canonical cell, by its text, that is the same network up to names."""
        return _representatives()[self.function_key(arch)]

    def changed(self, value: Cell) -> Iterator[Cell]:
        """The 18 cells that differ in one operation."""
        return (cell for cell in nb201.neighbour_cells(value) if nb201.POOL not in cell)

    def listed(self) -> tuple[str, ...]:
        """All cells, sorted."""
        return _all()

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """The first ``n`` of a seeded permutation."""
        return ListedSpace.sample(self, n, seed, population)

    def graph(self, arch: str) -> OpGraph:
        """The cell as written, as a graph of 4 nodes and 6 edges."""
        return nb201.cell_graph(self.value(arch))

    def parts(self, arch: str) -> dict[str, OpGraph]:
        """The cell where it keeps the size of the image, and where it halves it: a skip computes there."""
        operations = {
            edge: HALVING if op == nb201.SKIP and edge[0] == 0 else nb201.OPERATIONS[op]
            for edge, op in zip(nb201.EDGES, self.value(arch), strict=True)
        }
        halving = OpGraph.on_edges(4, (Edge(*edge, operation) for edge, operation in operations.items()))
        return {"normal": self.graph(arch), "reduce": halving}

    def sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        """Sizes as built, or of the canonical cell when ``effective``."""
        cell = self.value(arch)
        return cell_sizes(self.prune(cell) if effective else cell, data_shape(dataset))

    def network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        """The network of the scene classification task, with torch's default initialisation."""
        from proxyrank.spaces.tnb101.network import TNB101Network

        return TNB101Network(self.value(arch), data_shape(dataset))


def _codes(text: Any) -> list[str]:
    stripped = text.strip().strip("'\"").strip() if isinstance(text, str) else ""
    if match := _PUBLISHED.fullmatch(stripped):
        return list("".join(match.groups()))
    if match := _CODES.fullmatch(stripped):
        return [code.strip() for code in match[1].split(",")]
    raise ArchitectureError(f"{text!r:.120} is not a TransNAS-Bench-101 micro cell; expected {_EXAMPLE}")


@lru_cache(maxsize=1 << 13)
def _key(cell: Cell) -> str:
    ops = (
        _REDUCE if op == nb201.SKIP and edge[0] == 0 else op
        for op, edge in zip(cell, nb201.EDGES, strict=True)
    )
    return keys.key_of_live(tuple(ops))


@lru_cache(maxsize=1)
def _all() -> tuple[str, ...]:
    return tuple(map(str, product(range(len(OPS)), repeat=len(nb201.EDGES))))


@lru_cache(maxsize=1)
def _representatives() -> dict[str, str]:
    first: dict[str, str] = {}
    for arch in _all():
        if TNB101_MICRO.canonical(arch) == arch:
            first.setdefault(TNB101_MICRO.function_key(arch), arch)
    return first


TNB101_MICRO = TNB101MicroSpace()

"""The NAS-Bench-101 search space as an object."""

from typing import TYPE_CHECKING, Any

import numpy as np

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.cells import CellSpace
from proxyrank.spaces.data import DataShape, data_shape
from proxyrank.spaces.graph import OpGraph
from proxyrank.spaces.nb101 import cell as cells
from proxyrank.spaces.nb101 import hashes
from proxyrank.spaces.nb101.cell import Cell
from proxyrank.spaces.nb101.changes import neighbour_cells, random_cell
from proxyrank.spaces.nb101.graph import OPERATIONS, cell_graph
from proxyrank.spaces.nb101.sizes import cell_sizes
from proxyrank.spaces.nb101.skeleton import Skeleton

if TYPE_CHECKING:
    from torch import nn


class NB101Space(CellSpace[Cell]):
    """NAS-Bench-101: 423,624 different cells, which only the published table lists (`published`)."""

    name = "nb101"
    description = "NAS-Bench-101 cells: up to 5 operations on nodes, at most 9 edges"
    concatenates = True
    arch_columns = ("matrix", "ops")
    ops = tuple(OPERATIONS.values())
    skeleton = Skeleton()

    def read(self, text: Any) -> Cell:
        """Cell of ``matrix:ops``, of the published JSON, or of a published hash (with the table)."""
        stripped = text.strip() if isinstance(text, str) else text
        if isinstance(stripped, str) and hashes.is_hash(stripped):
            return cells.parse_cell(hashes.look_up(stripped))
        return cells.parse_cell(stripped)

    def write(self, value: Cell) -> str:
        """Text ``matrix:ops``."""
        return cells.format_cell(value)

    def prune(self, cell: Cell) -> Cell:
        """The cell without vertices off every path from input to output."""
        return cells.prune(cell)

    def smallest(self, cell: Cell) -> Cell:
        """One pruned cell for all isomorphic ones."""
        return cells.smallest(cell)

    def changed(self, value: Cell) -> list[Cell]:
        """Cells with one operation, edge or vertex changed."""
        return neighbour_cells(value)

    def draw(self, rng: np.random.Generator) -> Cell | None:
        """The published random cell: every edge of 7 vertices with probability 1/2, in its smallest form."""
        return random_cell(rng)

    def hash(self, arch: str) -> str:
        """Published module hash."""
        return hashes.module_hash(self.value(arch))

    def graph(self, arch: str) -> OpGraph:
        """The cell as written, operations on nodes, the output a concatenation."""
        return cell_graph(self.value(arch))

    def sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        """Sizes of the network; cells are pruned before they are built, so ``effective`` changes nothing."""
        return cell_sizes(self.prune(self.value(arch)), data_shape(dataset), self.skeleton)

    def published(self) -> list[str]:
        """All 423,624 cells as published, sorted, from the published table.

        It is no population: what a ranker learns must not depend on whether that file is there.

        Raises
        ------
        ProxyrankError
            Without the table.
        """
        return sorted(hashes.table_cells().values())

    def network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        """The published network, with torch's default initialisation."""
        from proxyrank.spaces.nb101.network import NB101Network

        return NB101Network(self.prune(self.value(arch)), data_shape(dataset), self.skeleton)


NB101 = NB101Space()

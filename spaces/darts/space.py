"""The DARTS search space as an object."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from proxyrank.spaces.base import Sizes
from proxyrank.spaces.cells import CellSpace
from proxyrank.spaces.darts import genotype as cells
from proxyrank.spaces.darts.genotype import Genotype
from proxyrank.spaces.darts.graph import OPERATIONS, PREVIOUS, cell_graph, network_graph
from proxyrank.spaces.darts.sizes import genotype_sizes
from proxyrank.spaces.darts.skeleton import Skeleton
from proxyrank.spaces.data import DataShape, data_shape
from proxyrank.spaces.graph import OpGraph

if TYPE_CHECKING:
    from torch import nn


class DARTSSpace(CellSpace[Genotype]):
    """Genotypes of two cells, some 10 ** 18."""

    name = "darts"
    description = "DARTS genotypes: a normal and a reduction cell, 4 nodes of 2 operations each"
    ops = (*OPERATIONS.values(), PREVIOUS)
    concatenates = True
    part_names = ("normal", "reduce")
    skeleton = Skeleton()

    def read(self, text: Any) -> Genotype:
        """Genotype of a text."""
        return cells.parse_genotype(text)

    def write(self, value: Genotype) -> str:
        """The spelling of the published code."""
        return cells.format_genotype(value)

    def prune(self, cell: Genotype) -> Genotype:
        """Both cells without operations that carry nothing."""
        return Genotype(*map(cells.prune_cell, cell))

    def smallest(self, cell: Genotype) -> Genotype:
        """Both cells in the order that all renamings share."""
        return Genotype(*map(cells.smallest_cell, cell))

    def changed(self, value: Genotype) -> Iterator[Genotype]:
        """One operation or source of one cell changed."""
        yield from (value._replace(normal=cell) for cell in cells.neighbour_cells(value.normal))
        yield from (value._replace(reduce=cell) for cell in cells.neighbour_cells(value.reduce))

    def draw(self, rng: np.random.Generator) -> Genotype:
        """Two cells of two different sources per node, without none."""
        return Genotype(cells.random_cell(rng), cells.random_cell(rng))

    def graph(self, arch: str) -> OpGraph:
        """A normal cell and a reduction cell behind it."""
        return network_graph(self.value(arch))

    def parts(self, arch: str) -> dict[str, OpGraph]:
        """The cells, each for itself."""
        value = self.value(arch)
        return {"normal": cell_graph(value.normal), "reduce": cell_graph(value.reduce)}

    def sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        """Sizes of the CIFAR network of 20 cells and 36 channels, without auxiliary head."""
        value = self.value(arch)
        return genotype_sizes(self.prune(value) if effective else value, data_shape(dataset), self.skeleton)

    def network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        """The CIFAR network, with torch's default initialisation."""
        from proxyrank.spaces.darts.network import DARTSNetwork

        return DARTSNetwork(self.value(arch), data_shape(dataset), self.skeleton)


DARTS = DARTSSpace()

"""The NAS-Bench-201 search space as an object, with every ability that `proxyrank.spaces.base` names."""

from functools import lru_cache
from typing import TYPE_CHECKING

from proxyrank.common.errors import unknown
from proxyrank.spaces.base import ListedSpace, Sizes
from proxyrank.spaces.data import DataShape, data_shape
from proxyrank.spaces.graph import Operation, OpGraph
from proxyrank.spaces.nb201 import keys
from proxyrank.spaces.nb201.cell import (
    OPERATIONS,
    PLACES,
    TUPLE_OPS,
    Cell,
    all_cells,
    cell_graph,
    cell_to_tuple,
    format_cell,
    neighbour_cells,
    parse_cell,
)
from proxyrank.spaces.nb201.sizes import cell_sizes
from proxyrank.spaces.nb201.skeleton import Skeleton, skeleton_of

if TYPE_CHECKING:
    from torch import nn


@lru_cache(maxsize=1 << 16)
def _cell(text: str) -> Cell:
    return parse_cell(text)


@lru_cache(maxsize=1 << 16)
def _canonical(text: str) -> str:
    return format_cell(keys.canonical_cell(_cell(text)))


@lru_cache(maxsize=1 << 16)
def _function_key(canonical: str) -> str:
    return keys.function_key(_cell(canonical))


@lru_cache(maxsize=1)
def _all() -> tuple[str, ...]:
    return tuple(map(format_cell, all_cells()))


@lru_cache(maxsize=1)
def _filtered() -> tuple[str, ...]:
    return tuple(arch for arch in _all() if _canonical(arch) == arch)


@lru_cache(maxsize=1)
def _representatives() -> dict[str, str]:
    first: dict[str, str] = {}
    for arch in _filtered():
        first.setdefault(_function_key(arch), arch)
    return first


class NB201Space(ListedSpace):
    """NAS-Bench-201: populations ``all`` (15,625 cells) and ``filtered`` (9,445 without dead operations)."""

    name = "nb201"
    ops: tuple[Operation, ...] = tuple(OPERATIONS[op] for op in TUPLE_OPS)
    places: tuple[str, ...] = PLACES

    def parse(self, text: object) -> str:
        """String form of a cell given in either spelling; raises ArchitectureError."""
        return format_cell(_cell(text) if isinstance(text, str) else parse_cell(text))

    def to_tuple(self, arch: str) -> tuple[int, ...]:
        """Tuple form."""
        return cell_to_tuple(_cell(arch))

    def canonical(self, arch: str) -> str:
        """The cell with operations that cannot matter set to ``none``."""
        return _canonical(arch)

    def nats_key(self, arch: str) -> str:
        """NATS-Bench's unique string."""
        return keys.nats_key(_cell(arch))

    def function_key(self, arch: str) -> str:
        """Equal exactly for cells that are the same network up to names."""
        return _function_key(_canonical(arch))

    def representative(self, arch: str) -> str:
        """The first canonical cell, by its text, that is the same network up to names."""
        return _representatives()[self.function_key(arch)]

    def is_disconnected(self, arch: str) -> bool:
        """Whether no path leads from input to output."""
        return keys.is_disconnected(_cell(arch))

    def graph(self, arch: str) -> OpGraph:
        """The cell as written, as a graph of 4 nodes and 6 edges."""
        return cell_graph(_cell(arch))

    def sizes(
        self,
        arch: str,
        dataset: str | DataShape,
        *,
        effective: bool = False,
        skeleton: Skeleton | None = None,
    ) -> Sizes:
        """Sizes as built, or of the canonical cell when ``effective``; the data set's skeleton if None."""
        cell = _cell(self.canonical(arch) if effective else arch)
        return cell_sizes(cell, data_shape(dataset), skeleton or skeleton_of(dataset))

    def populations(self) -> tuple[str, ...]:
        """Names of the populations."""
        return ("all", "filtered")

    def archs(self, population: str = "all") -> tuple[str, ...]:
        """All cells of a population, sorted.

        Raises
        ------
        ProxyrankError
            If the population is unknown.
        """
        if population not in self.populations():
            raise unknown("population", population, self.populations())
        return _filtered() if population == "filtered" else _all()

    def neighbours(self, arch: str) -> list[str]:
        """The 24 cells that differ in one operation."""
        return list(map(format_cell, neighbour_cells(_cell(arch))))

    def network(self, arch: str, dataset: str | DataShape, skeleton: Skeleton | None = None) -> "nn.Module":
        """The network of the NAS-Bench-201 paper, with torch's default initialisation."""
        from proxyrank.spaces.nb201.network import NB201Network

        shape, skeleton = data_shape(dataset), skeleton or skeleton_of(dataset)
        cell_sizes(_cell(arch), shape, skeleton)  # raises for a resolution that cannot be halved twice
        return NB201Network(_cell(arch), shape, skeleton)


NB201 = NB201Space()

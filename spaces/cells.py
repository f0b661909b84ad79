"""Base of the spaces of small cells on nodes: keys from two functions of a cell."""

from functools import lru_cache
from typing import TypeVar

from proxyrank.spaces.parsed import CACHED, ParsedSpace

C = TypeVar("C")


class CellSpace(ParsedSpace[C]):
    """A space of cells of type ``C``, which may hold dead parts and may differ in names only."""

    def __init__(self) -> None:
        super().__init__()
        self._smallest = lru_cache(CACHED)(lambda arch: self.write(self.smallest(self.value(arch))))

    def prune(self, cell: C) -> C:
        """The cell without what cannot matter."""
        raise NotImplementedError

    def smallest(self, cell: C) -> C:
        """One pruned cell for all that are the same network up to names."""
        raise NotImplementedError

    def canonical(self, arch: str) -> str:
        """The cell without operations and nodes that cannot matter."""
        return self.write(self.prune(self.value(arch)))

    def function_key(self, arch: str) -> str:
        """Equal exactly for cells that are the same network up to names."""
        return self._smallest(arch)

    def representative(self, arch: str) -> str:
        """One canonical cell for all that share a `function_key`."""
        return self._smallest(arch)

"""Base of the spaces of small cells on nodes: spellings, keys and neighbours from a few functions of a cell."""

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.spaces.sampling import sample_drawn

C = TypeVar("C", bound=Hashable)

_CACHED = 1 << 16


class CellSpace(Generic[C]):
    """A space whose architectures are cells of type ``C``.

    A subclass defines `read`, `write`, `prune`, `smallest`, `changed` and `draw`.
    """

    name: str
    description: str
    ops: tuple[str, ...]

    def __init__(self) -> None:
        self.cell = lru_cache(_CACHED)(self.read)
        self._smallest = lru_cache(_CACHED)(lambda arch: self.write(self.smallest(self.cell(arch))))

    def read(self, text: str) -> C:
        """Cell of a text in any spelling. Raises ArchitectureError."""
        raise NotImplementedError

    def write(self, cell: C) -> str:
        """Exact spelling of a cell."""
        raise NotImplementedError

    def prune(self, cell: C) -> C:
        """The cell without what cannot matter."""
        raise NotImplementedError

    def smallest(self, cell: C) -> C:
        """One cell for all that are the same network up to names."""
        raise NotImplementedError

    def changed(self, cell: C) -> Iterable[C]:
        """Cells one change away."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> C | None:
        """A random cell, or None where the draw is no cell of the space."""
        raise NotImplementedError

    def parse(self, text: str) -> str:
        """Exact spelling of a cell given in any spelling. Raises ArchitectureError."""
        return self.write(self.cell(text))

    def canonical(self, arch: str) -> str:
        """The cell without operations and nodes that cannot matter."""
        return self.write(self.prune(self.cell(arch)))

    def function_key(self, arch: str) -> str:
        """Equal exactly for cells that are the same network up to names."""
        return self._smallest(arch)

    def representative(self, arch: str) -> str:
        """One canonical cell for all that share a `function_key`."""
        return self._smallest(arch)

    def neighbours(self, arch: str) -> list[str]:
        """Cells one change away, each once."""
        return list(map(self.write, self.changed(self.cell(arch))))

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """``n`` different cells, drawn at random."""

        def draw(rng: np.random.Generator) -> str | None:
            cell = self.draw(rng)
            return None if cell is None else self.write(cell)

        return sample_drawn(draw, n, derive_rng("sample", self.name, population, seed), self.name)

"""Base of spaces that parse architectures into values: spellings, neighbours, draws."""

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng

A = TypeVar("A", bound=Hashable)

CACHED = 1 << 16
_MISSES = 1_000


class ParsedSpace(Generic[A]):
    """A space whose architectures are values of type ``A``; a subclass says how to read and change them."""

    name: str
    description: str

    def __init__(self) -> None:
        self._cached = lru_cache(CACHED)(self.read)

    def read(self, text: Any) -> A:
        """Value of a text in any spelling. Raises ArchitectureError."""
        raise NotImplementedError

    def write(self, value: A) -> str:
        """Exact spelling of a value."""
        raise NotImplementedError

    def changed(self, value: A) -> Iterable[A]:
        """Values one change away."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> A | None:
        """A random value, or None where the draw is no architecture of the space."""
        raise NotImplementedError

    def value(self, arch: Any) -> A:
        """Value of a text in any spelling. Raises ArchitectureError."""
        return self._cached(arch) if isinstance(arch, str) else self.read(arch)

    def parse(self, text: Any) -> str:
        """Exact spelling of an architecture given in any spelling. Raises ArchitectureError."""
        return self.write(self.value(text))

    def neighbours(self, arch: str) -> list[str]:
        """Architectures one change away, each once, without the architecture itself."""
        found = dict.fromkeys(map(self.write, self.changed(self.value(arch))))
        found.pop(self.parse(arch), None)
        return list(found)

    def mutate(self, arch: str, rng: np.random.Generator) -> str:
        """One of the neighbours, drawn uniformly."""
        found = self.neighbours(arch)
        return found[int(rng.integers(len(found)))]

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """``n`` different architectures drawn at random, a prefix of what a larger ``n`` gives.

        Raises
        ------
        ProxyrankError
            If ``n`` is negative, or 1,000 draws in a row bring nothing new.
        """
        if n < 0:
            raise ProxyrankError(f"cannot sample {n} architectures of {self.name}")
        rng = derive_rng("sample", self.name, population, seed)
        found, misses = dict[str, None](), 0
        while len(found) < n:
            before = len(found)
            if (value := self.draw(rng)) is not None:
                found[self.write(value)] = None
            misses = misses + 1 if len(found) == before else 0
            if misses == _MISSES:
                raise ProxyrankError(f"cannot sample {n} architectures of {self.name}: found only {before}")
        return list(found)

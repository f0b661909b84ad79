"""What a search space must have and what it may have, and how callers ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from proxyrank.common.errors import ArchitectureError, ProxyrankError, unknown
from proxyrank.common.seeds import derive_rng
from proxyrank.spaces._choices import Choice
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.graph import Operation, OpGraph

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Sizes:
    """Size of one network.

    Attributes
    ----------
    flops
        Multiply-accumulates of conv and linear layers plus one per bias output, per image (NATS-Bench).
    params
        Parameters.
    dim
        Parameter tensors (the VKDNW paper's aleph).
    """

    flops: int
    params: int
    dim: int


class SearchSpace(Protocol):
    """What every search space has: a name, and one way to write each architecture."""

    name: str
    """Letters, digits, ``_``, ``-`` and ``.``; ranker folders and feature tables name the space by it."""

    def parse(self, text: Any) -> str:
        """Exact spelling of an architecture given in any spelling, the key of every table.

        Raises
        ------
        ArchitectureError
            If it is not an architecture of the space.
        """
        ...


class FullSpace(SearchSpace, Protocol):
    """What a search space may have besides; a space has those of these members that it defines.

    Every method takes exact spellings. Ask with `has` or `require` first.
    """

    ops: Sequence[Operation]
    """The operations that occur in graphs, in the order in which features list them, skip and none too."""

    hyperparameters: Mapping[str, Any]
    """What the space was made with, such as the choices of each position; plain data."""

    data: DataShape
    """Images and classes that its networks are made for, where they are for no others."""

    options: Mapping[str, Sequence[Choice]]
    """Choices of each option, for spaces whose architectures are one choice of each, see `config`."""

    usual_model: str
    """Model of rankings that name none, where it is not the usual one for features of graphs."""

    arch_columns: Sequence[str]
    """Columns that name an architecture in tables without a column ``arch``: their texts, joined by a colon,
    are a spelling that `parse` takes."""

    def config(self, arch: str) -> Mapping[str, Choice]:
        """Choice of each of `options`."""
        ...

    def graph(self, arch: str) -> OpGraph:
        """Operations on a directed acyclic graph, as written (dead ones included)."""
        ...

    blocks: bool
    """Given (True) where every graph is a row of blocks of known widths."""

    concatenates: bool
    """Given (True) where the output of a cell concatenates, so that operations differ in their share."""

    places: Sequence[str]
    """Names of the places that hold an operation in every architecture, in the order of the operations of
    `graph`; only for spaces whose graphs all have the same ones."""

    part_names: Sequence[str]
    """Names of the graphs that `parts` gives, in the order of columns."""

    def parts(self, arch: str) -> Mapping[str, OpGraph]:
        """Cells of several kinds, such as normal and reduction, each as a graph of its own.

        Graph features are read off each of them instead of `graph`, in columns that begin with its name.
        """
        ...

    def network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        """The untrained torch network, drawn from torch's global generator: images to logits."""
        ...

    def sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        """Closed-form sizes of the network as built or, ``effective``, without dead operations."""
        ...

    def archs(self, population: str = "all") -> Sequence[str]:
        """All architectures of a population, sorted. Raises ProxyrankError where there is no such one."""
        ...

    def populations(self) -> Sequence[str]:
        """Names that `archs` takes; ``all`` is the one of a space that does not say."""
        ...

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """``n`` different architectures, a prefix of what a larger ``n`` gives."""
        ...

    def neighbours(self, arch: str) -> list[str]:
        """Architectures one change away."""
        ...

    def mutate(self, arch: str, rng: np.random.Generator) -> str:
        """One random change, where it is not drawn uniformly among `neighbours`; it may be none."""
        ...

    start: str
    """Architecture that searches start from."""

    def depth(self, arch: str) -> int:
        """Layers of an architecture, as a limit counts them."""
        ...

    def canonical(self, arch: str) -> str:
        """The architecture without operations that cannot matter."""
        ...

    def function_key(self, arch: str) -> str:
        """Equal for two architectures exactly when they are the same network up to names."""
        ...

    def representative(self, arch: str) -> str:
        """One architecture, itself canonical, for all that share a `function_key`."""
        ...


class ListedSpace:
    """Base of spaces small enough to list: write `listed`, the rest follows."""

    name: str

    def listed(self) -> Iterable[str]:
        """Every architecture once, in any order."""
        raise NotImplementedError

    @cached_property
    def _sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self.listed()))

    def archs(self, population: str = "all") -> Sequence[str]:
        """All architectures of a population, sorted.

        Raises
        ------
        ProxyrankError
            If the population is unknown.
        """
        if population != "all":
            raise unknown("population", population, ("all",))
        return self._sorted

    def populations(self) -> Sequence[str]:
        """Names of the populations."""
        return ("all",)

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """The first ``n`` architectures of a seeded permutation of the population.

        Raises
        ------
        ProxyrankError
            If the population has fewer than ``n``.
        """
        archs = self.archs(population)
        if not 0 <= n <= len(archs):
            raise ProxyrankError(
                f"cannot sample {n} architectures: the population {population} has {len(archs)}"
            )
        order = derive_rng("sample", self.name, population, seed).permutation(len(archs))
        return [archs[i] for i in order[:n]]


def parse_all(space: SearchSpace, texts: Iterable[Any], where: Callable[[int], str]) -> list[str]:
    """Parse many architectures; an error says where the bad one stands.

    Parameters
    ----------
    space
        The space they belong to.
    texts
        Spellings, one per architecture.
    where
        Text for the place of the i-th one (from 0), such as ``"archs.txt, line 3"``.

    Raises
    ------
    ArchitectureError
        At the first text that is not an architecture of the space.
    """
    out = []
    for i, text in enumerate(texts):
        try:
            out.append(space.parse(text))
        except ArchitectureError as error:
            raise ArchitectureError(f"{where(i)}: {error}") from None
    return out

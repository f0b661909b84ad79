"""What a search space must have and what it may have, and how callers ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from proxyrank.common.errors import ArchitectureError, ProxyrankError, unknown
from proxyrank.common.seeds import derive_rng
from proxyrank.spaces._choices import Choice
from proxyrank.spaces.data import DATASETS, DataShape
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

    arch_columns: Sequence[str]
    """Columns that name an architecture in tables without a column ``arch``: their texts, joined by a colon,
    are a spelling that `parse` takes."""

    def config(self, arch: str) -> Mapping[str, Choice]:
        """Choice of each of `options`."""
        ...

    def graph(self, arch: str) -> OpGraph:
        """Operations on a directed acyclic graph, as written (dead ones included)."""
        ...

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

    def canonical(self, arch: str) -> str:
        """The architecture without operations that cannot matter."""
        ...

    def function_key(self, arch: str) -> str:
        """Equal for two architectures exactly when they are the same network up to names."""
        ...

    def representative(self, arch: str) -> str:
        """One architecture, itself canonical, for all that share a `function_key`."""
        ...


ABILITIES: Mapping[str, str] = {
    "data": "images of its own",
    "options": "a list of its options",
    "config": "the options of an architecture",
    "graph": "the graph of an architecture",
    "places": "places that every architecture fills",
    "parts": "graphs of the parts of an architecture",
    "part_names": "names of the parts of an architecture",
    "network": "the network of an architecture",
    "sizes": "the sizes of networks",
    "archs": "a list of all architectures",
    "populations": "named populations",
    "sample": "a way to draw architectures",
    "neighbours": "the neighbours of an architecture",
    "canonical": "a canonical form of architectures",
    "function_key": "a key that equal networks share",
    "representative": "one architecture for all equal ones",
    "ops": "a list of its operations",
    "hyperparameters": "hyperparameters",
    "arch_columns": "columns of its own that name an architecture",
}
"""Members that a space may have, and what to call them in a message."""


def has(space: SearchSpace, ability: str) -> bool:
    """Whether a space has one of `ABILITIES`: the member is there and not None."""
    if ability not in ABILITIES:
        raise ValueError(f"unknown ability {ability!r}; known: {', '.join(ABILITIES)}")
    return getattr(space, ability, None) is not None


def require(space: SearchSpace, ability: str, needed_by: str) -> FullSpace:
    """Refuse a space that lacks an ability.

    Parameters
    ----------
    space
        The space.
    ability
        One of `ABILITIES`.
    needed_by
        Who needs it, as a message begins: ``the feature group paths``.

    Returns
    -------
    FullSpace
        The same space, for the type checker.

    Raises
    ------
    ProxyrankError
        If the space does not have it.
    """
    if not has(space, ability):
        raise ProxyrankError(
            f"{needed_by} needs {ABILITIES[ability]}; the search space {space.name} has none"
        )
    return cast(FullSpace, space)


def equality_key(space: SearchSpace, arch: str) -> str:
    """Equal for networks known to be equal: the function key, else the canonical form, else the spelling."""
    own = cast(FullSpace, space)
    return own.function_key(arch) if has(space, "function_key") else canonical(space, arch)


def canonical(space: SearchSpace, arch: str) -> str:
    """The canonical form, or the spelling itself in a space without one."""
    return cast(FullSpace, space).canonical(arch) if has(space, "canonical") else arch


def representative(space: SearchSpace, arch: str) -> str:
    """The member that stands for all equal networks, or the architecture itself in a space without one."""
    return cast(FullSpace, space).representative(arch) if has(space, "representative") else arch


def populations(space: SearchSpace) -> tuple[str, ...]:
    """Names of the populations: ``all`` where the space does not say, none where it cannot be listed."""
    if not has(space, "archs"):
        return ()
    return tuple(cast(FullSpace, space).populations()) if has(space, "populations") else ("all",)


def arch_columns(space: SearchSpace) -> tuple[str, ...]:
    """Columns that name an architecture where a table has no column ``arch``; none in most spaces."""
    return tuple(cast(FullSpace, space).arch_columns) if has(space, "arch_columns") else ()


def default_dataset(space: SearchSpace, label: str | None = None) -> str | None:
    """Data set of networks where none is named: the space's own one, else a label's name if that is one."""
    if has(space, "data"):
        return str(cast(FullSpace, space).data)
    return label if label in DATASETS else None


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

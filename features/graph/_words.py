"""The words that columns are made of: what features call the operations of a space.

A space declares its operations. The finest way of telling them apart that leaves few enough words is taken:
all their numbers, family and kernel, family, or the broad families of `_BROAD`. A space that declares none
has the broad ones. So columns depend on the space alone, never on the architectures at hand, and their number
is bounded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from proxyrank.common.errors import NotApplicableError
from proxyrank.spaces import FAMILIES, Operation, SearchSpace, has, require

MAX_KINDS = 6
"""Words for operations on paths: sequences of three of them have columns."""

_BROAD = {
    "depthwise_conv": "conv",
    "separable_conv": "conv",
    "normalisation": "elementwise",
    "activation": "elementwise",
}

Level = Callable[[Operation], str]


def _broad(operation: Operation) -> str:
    return _BROAD.get(operation.family, operation.family)


_LEVELS: tuple[Level, ...] = (
    lambda operation: operation.kind,
    lambda operation: operation.form,
    lambda operation: Operation(operation.family).form,
    _broad,
)


def operations_of(space: SearchSpace) -> tuple[Operation, ...] | None:
    """The operations that a space declares; None if it declares none."""
    return tuple(require(space, "ops", "graph features").ops) if has(space, "ops") else None


def words_of(
    operations: Sequence[Operation] | None, limit: int, *, first: Sequence[Level] = ()
) -> tuple[tuple[str, ...], Level]:
    """Distinct words in the order of the operations, at most ``limit``, and what gives an operation's word.

    Parameters
    ----------
    operations
        Those of a space; None for a space that declares none.
    limit
        Most words, at least 8 if the operations hold skips and ``none``, else at least 6.
    first
        Levels to be tried before those that all features share.
    """
    if operations is None:
        operations = [Operation(family) for family in FAMILIES]
        levels: Sequence[Level] = (_broad,)
    else:
        levels = (*first, *_LEVELS)
    for level in levels:
        words = tuple(dict.fromkeys(map(level, operations)))
        if len(words) <= limit:
            break
    return words, level


@dataclass(frozen=True)
class Measure:
    """What is counted along a path: the operations of some kinds, by their places in `Vocabulary.kinds`."""

    name: str
    kinds: frozenset[int]


@dataclass(frozen=True)
class Vocabulary:
    """Kinds of operations, skips and ``none`` aside.

    Attributes
    ----------
    kinds
        Words, in the order of columns.
    level
        Word of an operation.
    convs, pools
        Positions of the convolutions and of the pools.
    pointwise
        Positions of the convolutions that are 1x1.
    """

    kinds: tuple[str, ...]
    level: Level
    convs: tuple[int, ...]
    pools: tuple[int, ...]
    pointwise: tuple[int, ...]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {kind: i for i, kind in enumerate(self.kinds)}

    def place(self, operation: Operation) -> int:
        """Position of an operation's kind.

        Raises
        ------
        NotApplicableError
            If it is none of them.
        """
        word = self.level(operation)
        if word not in self._places:
            raise NotApplicableError(
                f"the operation {operation.label} is none of those that the search space declares "
                f"({', '.join(self.kinds)})"
            )
        return self._places[word]

    @cached_property
    def conv_measures(self) -> tuple[Measure, ...]:
        """All convolutions together, and each kind of them that looks around, if there are several."""
        if not self.convs:
            return ()
        wide = [i for i in self.convs if i not in self.pointwise and len(self.convs) > 1]
        together = Measure("convs", frozenset(self.convs))
        return (together, *(Measure(self.kinds[i], frozenset([i])) for i in wide))

    @cached_property
    def others(self) -> tuple[int, ...]:
        """Positions of the kinds that are neither convolutions nor pools."""
        return tuple(i for i in range(len(self.kinds)) if i not in self.convs and i not in self.pools)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is counted: convolutions, pools together, every other kind."""
        pools = (Measure("pools", frozenset(self.pools)),) if self.pools else ()
        others = (Measure(self.kinds[i], frozenset([i])) for i in self.others)
        return (*self.conv_measures, *pools, *others)


@lru_cache(maxsize=64)
def vocabulary(operations: tuple[Operation, ...] | None) -> Vocabulary:
    """Kinds of a space's operations; None for a space that declares none."""
    passing = ("skip", "none")
    if operations is not None:
        operations = tuple(op for op in operations if op.family not in passing)
    words, level = words_of(operations, MAX_KINDS + (2 if operations is None else 0))
    kinds = tuple(word for word in words if word not in passing)
    known = operations if operations is not None else tuple(Operation(family) for family in FAMILIES)
    members = {kind: [op for op in known if level(op) == kind] for kind in kinds}

    def where(test: Callable[[Operation], bool]) -> tuple[int, ...]:
        return tuple(i for i, kind in enumerate(kinds) if all(map(test, members[kind])))

    return Vocabulary(
        kinds,
        level,
        convs=where(lambda op: op.is_conv),
        pools=where(lambda op: op.family == "pool"),
        pointwise=where(lambda op: op.is_conv and op.kernel == 1),
    )

"""The function of a graph without its names: operations that read sums of terms, skips spliced away.

A node of the live graph is a sum of terms, each the input or the output of one operation (an instance); a
skip adds the terms of its source. A node that joins several values otherwise is an instance of its own, one
without an operation. Whether operations stand on edges or on nodes makes no difference. What is read off this
form is equal for graphs that are the same network up to names.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._words import Measure, Vocabulary
from proxyrank.spaces.graph import Edge, Merge, Operation, OpGraph

INPUT = -1
"""The term that stands for the input; other terms are positions in `Terms.instances`."""

MAX_INSTANCES = 2_000
MAX_STATES = 200_000
"""Bounds on the operations of a graph and on the histories summed over its operations."""

MOST = 3
"""Number up to which operations are counted apart in a history."""

Sum = Mapping[int, int]
"""Terms with their multiplicities."""

History = tuple[int, ...]
"""Counter of the operations passed on the way from the input, by kind; `MOST` stands for more, too."""

Value = TypeVar("Value")
State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True)
class Instance:
    """One operation and the sum it reads, or (None) a node that joins terms.

    Attributes
    ----------
    operation
        The operation.
    reads
        Terms read.
    merge
        How they are joined; always a sum where there is an operation.
    shares
        Of a concatenation: the share of each term in the channels, equal ones where widths are unknown.
    width
        Channels of an operation's result, where known.
    """

    operation: Operation | None
    reads: Sum
    merge: Merge = "sum"
    shares: Mapping[int, Fraction] = field(default_factory=dict)
    width: int | None = None


@dataclass(frozen=True)
class Terms:
    """Instances, each after those it reads, and the sum that is the output."""

    instances: tuple[Instance, ...]
    output: Sum

    @property
    def operations(self) -> list[tuple[int, Operation]]:
        """Positions of the instances that are operations, and these."""
        return [(i, made.operation) for i, made in enumerate(self.instances) if made.operation is not None]

    def flat(self) -> "Terms":
        """The same with joined terms taken for their sum, so that all instances read operations alone."""
        held: dict[int, Sum] = {INPUT: {INPUT: 1}}
        instances = []
        for i, made in enumerate(self.instances):
            reads = _add([(held[term], times) for term, times in made.reads.items()])
            held[i] = {i: 1} if made.operation is not None else reads
            instances.append(Instance(made.operation, reads, width=made.width))
        return Terms(tuple(instances), _add([(held[term], times) for term, times in self.output.items()]))


def _add(parts: Sequence[tuple[Sum, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for part, factor in parts:
        for term, times in part.items():
            total[term] = total.get(term, 0) + times * factor
    return total


def splice(graph: OpGraph) -> Terms:
    """Terms of the live part of a graph.

    Raises
    ------
    NotApplicableError
        If more than `MAX_INSTANCES` operations are live.
    """
    live = graph.live()
    made = _Splicer()
    values: list[Sum] = [{INPUT: 1}]
    for node, incoming in list(live.incoming.items())[1:]:
        place = live.nodes[node]
        parts = [made.through(edge.operation, values[edge.source], place.width) for edge in incoming]
        value = _add([(part, 1) for part in parts])
        if place.merge != "sum" and len(parts) > 1:
            value = made.join(place.merge, parts, [_width(live, edge) for edge in incoming])
        values.append(made.through(place.operation, value, place.width) if value else {})
        if len(made.instances) > MAX_INSTANCES:
            raise NotApplicableError(f"the graph has more than {MAX_INSTANCES} live operations")
    return Terms(tuple(made.instances), values[-1])


def _width(graph: OpGraph, edge: Edge) -> int | None:
    """Channels that an edge brings, where known: those of its source unless an operation changes them."""
    plain = edge.operation is None or edge.operation.family == "skip"
    return graph.nodes[edge.source].width if plain else None


class _Splicer:
    """Instances made so far."""

    def __init__(self) -> None:
        self.instances: list[Instance] = []

    def through(self, operation: Operation | None, reads: Sum, width: int | None) -> Sum:
        if operation is None or operation.family == "skip":
            return reads
        return {self._new(Instance(operation, reads, width=width)): 1}

    def join(self, merge: Merge, parts: Sequence[Sum], widths: Sequence[int | None]) -> dict[int, int]:
        known = [width for width in widths if width is not None]
        weights = known if len(known) == len(parts) else [1] * len(parts)
        reads: dict[int, int] = {}
        shares: dict[int, Fraction] = {}
        for part, weight in zip(parts, weights, strict=True):
            term = next(iter(part)) if list(part.values()) == [1] else self._new(Instance(None, part))
            reads[term] = reads.get(term, 0) + 1
            shares[term] = shares.get(term, Fraction()) + Fraction(weight, sum(weights))
        return {self._new(Instance(None, reads, merge, shares if merge == "concat" else {})): 1}

    def _new(self, instance: Instance) -> int:
        self.instances.append(instance)
        return len(self.instances) - 1


@dataclass(frozen=True)
class Carried(Generic[Value]):
    """A value in what every instance reads, and in the output."""

    reads: tuple[Value, ...]
    output: Value


def carry(
    terms: Terms,
    start: Value,
    join: Callable[[Instance, Sequence[Value]], Value],
    through: Callable[[Operation, Value], Value],
) -> Carried[Value]:
    """Carry a value from the input through the instances by dynamic programming.

    Parameters
    ----------
    terms
        The spliced graph.
    start
        Value of the input.
    join
        Value of what an instance reads, from those of its terms in their order.
    through
        Value behind an operation.
    """
    sent: dict[int, Value] = {INPUT: start}
    reads = []
    for i, instance in enumerate(terms.instances):
        value = join(instance, [sent[term] for term in instance.reads])
        reads.append(value)
        sent[i] = value if instance.operation is None else through(instance.operation, value)
    end = Instance(None, terms.output)
    return Carried(tuple(reads), join(end, [sent[term] for term in terms.output]))


class Budget:
    """States that may still be made."""

    def __init__(self) -> None:
        self.left = MAX_STATES

    def spend(self, states: int) -> None:
        """Take some of it.

        Raises
        ------
        NotApplicableError
            If it is used up.
        """
        self.left -= states
        if self.left < 0:
            raise NotApplicableError(
                f"the graph has more than {MAX_STATES} different histories of operations"
            )


def advance(history: History, place: int, times: int = 1) -> History:
    """History after one more operation of the kind at a position, which counts ``times``."""
    return (*history[:place], min(history[place] + times, MOST), *history[place + 1 :])


def capped(history: History, measure: Measure) -> int:
    """Count of a measure, `MOST` at most."""
    return min(sum(history[i] for i in measure.kinds), MOST)


@dataclass(frozen=True)
class Extent:
    """Number of routes from the input, and sum, minimum and maximum over them of each measure."""

    routes: int
    sums: tuple[int, ...]
    lows: tuple[int, ...]
    highs: tuple[int, ...]


def extents(terms: Terms, words: Vocabulary, measures: Sequence[Measure]) -> Carried[Extent]:
    """Extent of the routes to what every instance reads, and to the output."""
    none = (0,) * len(measures)

    def join(instance: Instance, parts: Sequence[Extent]) -> Extent:
        times = list(instance.reads.values())
        return Extent(
            sum(n * part.routes for n, part in zip(times, parts, strict=True)),
            tuple(
                sum(n * part.sums[i] for n, part in zip(times, parts, strict=True)) for i in range(len(none))
            ),
            tuple(min((part.lows[i] for part in parts), default=0) for i in range(len(none))),
            tuple(max((part.highs[i] for part in parts), default=0) for i in range(len(none))),
        )

    def through(operation: Operation, read: Extent) -> Extent:
        place = words.place(operation)
        steps = [operation.repeats if place in measure.kinds else 0 for measure in measures]
        return Extent(
            read.routes,
            tuple(total + read.routes * step for total, step in zip(read.sums, steps, strict=True)),
            tuple(low + step for low, step in zip(read.lows, steps, strict=True)),
            tuple(high + step for high, step in zip(read.highs, steps, strict=True)),
        )

    return carry(terms, Extent(1, none, none, none), join, through)

"""The function of a graph without its names: operations that read sums of terms, skips spliced away.

A node of the live graph is a sum of terms, each the input or the output of one operation (an instance); a
skip adds the terms of its source. A node that joins several values otherwise is an instance of its own, one
without an operation. Whether operations stand on edges or on nodes makes no difference. What is read off this
form is equal for graphs that are the same network up to names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from proxyrank.common.errors import NotApplicableError
from proxyrank.spaces.graph import Edge, Merge, Operation, OpGraph

INPUT = -1
"""The term that stands for the input; other terms are positions in `Terms.instances`."""

MAX_INSTANCES = 2_000
"""Bound on the operations of a graph."""

Sum = Mapping[int, int]
"""Terms with their multiplicities."""


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

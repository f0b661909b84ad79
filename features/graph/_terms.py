"""The function of a graph without its names: operations that read sums of terms, skips spliced away.

A node of the live graph is a sum of terms, each the input or the output of one operation (an instance); a
skip adds the terms of its source. What is read off this form is equal for graphs that are the same network up
to names, whichever nodes the operations stand on.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from proxyrank.common.errors import NotApplicableError
from proxyrank.spaces.graph import Edge, OpGraph

Kind = str

INPUT = -1
"""The term that stands for the input; other terms are positions in `Terms.instances`."""

MAX_INSTANCES = 1_000
MAX_STATES = 50_000
"""Bounds on the operations of a graph and on the histories summed over its operations."""

Sum = Mapping[int, int]
"""Terms with their multiplicities."""

History = tuple[int, int, int]
"""Operations passed on the way from the input: 3x3 convs, 1x1 convs, pools."""

NO_HISTORY: History = (0, 0, 0)

State = TypeVar("State", bound=Hashable)
Weight = TypeVar("Weight", int, Fraction)


@dataclass(frozen=True)
class Instance:
    """One operation and the sum it reads."""

    kind: Kind
    reads: Sum


@dataclass(frozen=True)
class Terms:
    """Instances, each after those it reads, and the sum that is the output."""

    instances: tuple[Instance, ...]
    output: Sum


def _kind(edge: Edge) -> Kind:
    return edge.operation.kind if edge.operation else "skip"


def splice(graph: OpGraph) -> Terms:
    """Terms of the live part of a graph.

    Raises
    ------
    NotApplicableError
        If more than `MAX_INSTANCES` operations are live.
    """
    live = graph.live()
    if sum(_kind(edge) != "skip" for edge in live.edges) > MAX_INSTANCES:
        raise NotApplicableError(f"the graph has more than {MAX_INSTANCES} live operations")
    sums: list[dict[int, int]] = [{} for _ in range(live.n_nodes)]
    sums[0][INPUT] = 1
    instances: list[Instance] = []
    for node in range(live.n_nodes):
        for edge in live.outgoing[node]:
            passed: Sum = sums[node]
            if _kind(edge) != "skip":
                passed = {len(instances): 1}
                instances.append(Instance(_kind(edge), sums[node]))
            for term, times in passed.items():
                sums[edge.target][term] = sums[edge.target].get(term, 0) + times
    return Terms(tuple(instances), sums[-1] if live.edges else {})


@dataclass(frozen=True)
class Spread(Generic[State, Weight]):
    """Weight of each history: in what every instance reads, and in the output."""

    reads: tuple[Mapping[State, Weight], ...]
    output: Mapping[State, Weight]


def advance(history: History, kind: Kind) -> History:
    """History after one more operation."""
    conv3x3, conv1x1, pool = history
    if kind == "conv3x3":
        return (conv3x3 + 1, conv1x1, pool)
    if kind == "conv1x1":
        return (conv3x3, conv1x1 + 1, pool)
    if kind == "pool":
        return (conv3x3, conv1x1, pool + 1)
    raise NotApplicableError(f"operations of kind {kind!r} have no place in a history")


def spread(
    terms: Terms,
    start: tuple[State, Weight],
    step: Callable[[State, Kind], State],
    gain: Callable[[Kind, Mapping[State, Weight]], Weight],
) -> Spread[State, Weight]:
    """Carry histories from the input through the instances by dynamic programming.

    Parameters
    ----------
    terms
        The spliced graph.
    start
        History of the input and its weight.
    step
        History after an operation.
    gain
        Factor that an operation puts on the weights, of its kind and of what it reads.

    Raises
    ------
    NotApplicableError
        If there are more than `MAX_STATES` histories in all.
    """
    sent: list[dict[State, Weight]] = []
    reads = []
    budget = MAX_STATES
    for instance in terms.instances:
        source = _mix(instance.reads, sent, start)
        budget -= len(source)
        if budget < 0:
            raise NotApplicableError(
                f"the graph has more than {MAX_STATES} different histories of operations"
            )
        factor = gain(instance.kind, source)
        out: dict[State, Weight] = {}
        for before, weight in source.items():
            after = step(before, instance.kind)
            passed = weight * factor
            out[after] = out[after] + passed if after in out else passed
        reads.append(source)
        sent.append(out)
    return Spread(tuple(reads), _mix(terms.output, sent, start))


def _mix(
    terms: Sum, sent: Sequence[Mapping[State, Weight]], start: tuple[State, Weight]
) -> dict[State, Weight]:
    mixed: dict[State, Weight] = {}
    for term, times in terms.items():
        for state, weight in (start,) if term == INPUT else sent[term].items():
            amount = weight * times
            mixed[state] = mixed[state] + amount if state in mixed else amount
    return mixed

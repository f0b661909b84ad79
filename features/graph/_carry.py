"""Values carried from the input of a spliced graph to its output, operation by operation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._terms import INPUT, Instance, Terms
from proxyrank.features.graph._words import Measure, Vocabulary
from proxyrank.spaces.graph import Operation

MAX_STATES = 200_000
"""Bound on the histories summed over the operations of a graph."""

MOST = 3
"""Number up to which operations are counted apart in a history."""

History = tuple[int, ...]
"""Counter of the operations passed on the way from the input, by kind; `MOST` stands for more, too."""

Value = TypeVar("Value")


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

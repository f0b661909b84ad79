"""Flow: how the variance of the signal, and of the gradient, is made up.

The input carries variance 1 per channel. A sum adds the variances of its terms, a concatenation averages them
by their shares of the channels, a product multiplies them. A skip passes variance on, a pool passes 0.4 of
it, and what is normalised or learnt to be (`_RESETTING`; ReLU-conv-BN is such) sets its output to variance 1
whatever came in (``reset``) or passes it on (``pass``); the rest passes it on. Each share of the variance
carries the history of the operations it went through; a factor of a product has an equal share in it. The
gradient is the same on the graph turned round, where every node is a sum. Arithmetic is exact (fractions), so
values do not depend on the order of summation and architectures that compute the same function have equal
rows, bit for bit; beyond `EXACT` operations it is in floats.

Columns, in the words of the space's operations (`_words`): ``end``: where the flow arrives, the output
(backward: the input); ``last``: the last inner node, which is the sum with the longest history of operations
among those that some operation reads (ties: the largest summary); it is the input itself where no operation
reads anything else. ``share_3_convs``: the share that went through 3 or more convolutions, and so on for each
wide kind of them; ``share_pooled``; ``share_through`` every kind that is neither convolution nor pool;
``depth``: operations passed, an operation of r repeats counts r times; ``field``: the radius of the receptive
field, in pixels as if nothing were strided.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from operator import truediv
from typing import Any

from proxyrank.features.graph._carry import MOST, Budget, capped, carry, extents
from proxyrank.features.graph._group import graph_group
from proxyrank.features.graph._terms import Instance, Terms, splice
from proxyrank.features.graph._variance import Factor, Flow, Number, mixed, passed_on
from proxyrank.features.graph._words import Measure, Vocabulary
from proxyrank.spaces.graph import Operation, OpGraph

POOL_GAIN = Fraction(2, 5)
"""Share of the variance that a 3x3 average pool passes on."""

EXACT = 100
"""Operations up to which shares are fractions; their denominators grow with every sum."""

_RESETTING = ("conv", "depthwise_conv", "separable_conv", "linear", "attention", "normalisation")

_VARIANTS = ("reset", "pass")
_DIRECTIONS: dict[str, Callable[[OpGraph], OpGraph]] = {
    "forward": lambda graph: graph,
    "backward": lambda graph: graph.reverse(),
}


def _names(words: Vocabulary) -> tuple[str, ...]:
    return (
        "log_variance",
        *(f"share_{k}_{what.name}" for what in words.conv_measures for k in range(MOST + 1)),
        *(["share_pooled"] if words.pools else []),
        *(f"share_through_{words.kinds[i]}" for i in words.others),
        "depth_mean",
        "depth_variance",
        "field_mean",
        "field_variance",
    )


@lru_cache(maxsize=64)
def flow_columns(words: Vocabulary) -> tuple[str, ...]:
    """Names of the columns."""
    return tuple(
        f"flow_{direction}_{variant}_{place}_{name}"
        for direction in _DIRECTIONS
        for variant in _VARIANTS
        for place in ("end", "last")
        for name in _names(words)
    )


def flow_values(graph: OpGraph, words: Vocabulary) -> list[float]:
    """Row of a graph, in the order of `flow_columns`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms` and `_carry`.
    """
    values: list[float] = []
    for turn in _DIRECTIONS.values():
        terms = splice(turn(graph.live()))
        depth = Measure("depth", frozenset(range(len(words.kinds))))
        longest = [extent.highs[0] for extent in extents(terms, words, [depth]).reads]
        for variant in _VARIANTS:
            values += _ends(terms, words, longest, reset=variant == "reset")
    return values


def _ends(terms: Terms, words: Vocabulary, longest: Sequence[int], *, reset: bool) -> tuple[float, ...]:
    """Values where the flow arrives and behind the last node, whose longest histories are given."""
    if not terms.output:
        return (0.0,) * (2 * len(_names(words)))
    exact = len(terms.instances) <= EXACT
    one: Fraction | float = Fraction(1) if exact else 1.0
    unit: Number = 1 if exact else 1.0
    start = Flow({(0,) * len(words.kinds): unit}, (unit, *(0 * unit,) * 4), int(exact))
    budget = Budget()

    def join(instance: Instance, parts: Sequence[Flow]) -> Flow:
        whole = mixed(_factors(instance, parts), parts)
        budget.spend(len(whole.shares))
        return whole

    def through(operation: Operation, read: Flow) -> Flow:
        gain = one * POOL_GAIN if operation.family == "pool" else one
        if reset and operation.family in _RESETTING:
            gain = one / read.total
        return passed_on(operation, read, gain, words.place(operation))

    flow = carry(terms, start, join, through)
    read = [i for i, _ in terms.operations]
    deepest = max((longest[i] for i in read), default=0)
    last = max((_summary(flow.reads[i], words) for i in read if longest[i] == deepest), default=None)
    return (*_summary(flow.output, words), *(last or _summary(start, words)))


def _factors(instance: Instance, parts: Sequence[Flow]) -> Sequence[Factor]:
    """What each term of an instance is multiplied by."""
    times = list(instance.reads.values())
    if instance.merge == "concat":
        return [instance.shares[term] for term in instance.reads]
    if instance.merge == "product":
        totals = [part.total for part in parts]
        whole = math.prod(total**n for total, n in zip(totals, times, strict=True))
        return [n * whole / (sum(times) * total) for total, n in zip(totals, times, strict=True)]
    return times


def _summary(flow: Flow, words: Vocabulary) -> tuple[float, ...]:
    """Values named by `_names` of one sum."""
    total = flow.moments[0]
    by_count: list[list[Number]] = [[0] * (MOST + 1) for _ in words.conv_measures]
    pooled: Number = 0
    through: dict[int, Number] = dict.fromkeys(words.others, 0)
    for history, variance in flow.shares.items():
        for counts, measure in zip(by_count, words.conv_measures, strict=True):
            counts[capped(history, measure)] += variance
        pooled += variance if any(history[i] for i in words.pools) else 0
        for i in words.others:
            through[i] += variance if history[i] else 0
    divide: Callable[[Any, Any], Any] = Fraction if flow.over else truediv
    depth, depth2, field, field2 = (divide(moment, total) for moment in flow.moments[1:])
    shares = [share for counts in by_count for share in counts]
    shares += [*([pooled] if words.pools else []), *through.values()]
    values = [*(share / total for share in shares), depth, depth2 - depth**2, field, field2 - field**2]
    return (_log(flow.total), *map(float, values))


def _log(value: Fraction | float) -> float:
    """Logarithm, of a fraction by its parts, which may be larger than any float."""
    if isinstance(value, float):
        return math.log(value)
    return math.log(value.numerator) - math.log(value.denominator)


FLOW = graph_group(
    "flow",
    "flow: variance of the signal and of the gradient by the operations it went through",
    flow_columns,
    flow_values,
)

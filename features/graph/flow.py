"""Flow: how the variance of the signal, and of the gradient, is made up.

The input carries variance 1, a node sums the variances of its terms, a skip passes variance on, a pool
passes 0.4 of it, and a conv (ReLU-conv-BN) sets its output to variance 1 whatever came in (``reset``) or
passes it on (``pass``). Each share of the variance carries the history of the operations it went through. The
gradient is the same on the graph turned round. Arithmetic is exact (fractions), so values do not depend on
the order of summation and architectures that compute the same function have equal rows, bit for bit.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from proxyrank.features.graph._terms import NO_HISTORY, History, Terms, advance, splice, spread
from proxyrank.features.groups import FeatureGroup, per_graph
from proxyrank.spaces.graph import OpGraph

Kind = str

POOL_GAIN = Fraction(2, 5)
"""Share of the variance that a 3x3 average pool passes on."""

MOST = 3
"""Convs up to which a share has a column of its own; the last column holds more, too."""

Shares = Mapping[History, Fraction]


def _passing(kind: Kind, read: Shares) -> Fraction:
    return POOL_GAIN if kind == "pool" else Fraction(1)


def _resetting(kind: Kind, read: Shares) -> Fraction:
    return POOL_GAIN if kind == "pool" else 1 / sum(read.values(), Fraction())


_GAINS: dict[str, Callable[[Kind, Shares], Fraction]] = {"reset": _resetting, "pass": _passing}
_DIRECTIONS: dict[str, Callable[[OpGraph], OpGraph]] = {
    "forward": lambda graph: graph,
    "backward": lambda graph: graph.reverse(),
}
_SUMMARY = (
    "log_variance",
    *(f"share_{k}_convs" for k in range(MOST + 1)),
    *(f"share_{k}_conv3x3" for k in range(MOST + 1)),
    "share_pooled",
    "depth_mean",
    "depth_variance",
    "field_mean",
    "field_variance",
)

COLUMNS: tuple[str, ...] = tuple(
    f"flow_{direction}_{variant}_{place}_{name}"
    for direction in _DIRECTIONS
    for variant in _GAINS
    for place in ("end", "last")
    for name in _SUMMARY
)
"""``end``: where the flow arrives, the output (backward: the input). ``last``: the last inner node, which is
the sum with the longest history of operations among those that some operation reads (ties: the largest
summary); it is the input itself where no operation reads anything else. ``depth``: convs and pools passed;
``field``: 3x3 convs and pools passed, the radius of the receptive field; ``share_3``: 3 or more."""


def flow_values(graph: OpGraph) -> list[float]:
    """Row of a graph, in the order of `COLUMNS`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`.
    """
    values: list[float] = []
    for turn in _DIRECTIONS.values():
        terms = splice(turn(graph))
        for gain in _GAINS.values():
            values += _ends(terms, gain)
    return values


def _ends(terms: Terms, gain: Callable[[Kind, Shares], Fraction]) -> tuple[float, ...]:
    flow = spread(terms, (NO_HISTORY, Fraction(1)), advance, gain)
    if not flow.output:
        return (0.0,) * (2 * len(_SUMMARY))
    longest = [max(map(sum, read)) for read in flow.reads]
    deepest = [_summary(r) for r, depth in zip(flow.reads, longest, strict=True) if depth == max(longest)]
    last = max(deepest, default=_summary({NO_HISTORY: Fraction(1)}))
    return (*_summary(flow.output), *last)


def _summary(shares: Shares) -> tuple[float, ...]:
    """Values named in ``_SUMMARY`` of one sum: its variance by history."""
    total = sum(shares.values(), Fraction())
    by_convs, by_conv3x3 = [Fraction()] * (MOST + 1), [Fraction()] * (MOST + 1)
    pooled = Fraction()
    depths: dict[int, Fraction] = {}
    fields: dict[int, Fraction] = {}
    for (conv3x3, conv1x1, pool), variance in shares.items():
        share = variance / total
        by_convs[min(conv3x3 + conv1x1, MOST)] += share
        by_conv3x3[min(conv3x3, MOST)] += share
        pooled += share if pool else 0
        depth, field = conv3x3 + conv1x1 + pool, conv3x3 + pool
        depths[depth] = depths.get(depth, Fraction()) + share
        fields[field] = fields.get(field, Fraction()) + share
    log_variance = math.log(total.numerator) - math.log(total.denominator)
    moments = (*_moments(depths), *_moments(fields))
    return (log_variance, *map(float, (*by_convs, *by_conv3x3, pooled, *moments)))


def _moments(shares: Mapping[int, Fraction]) -> tuple[Fraction, Fraction]:
    mean = sum((value * share for value, share in shares.items()), Fraction())
    square = sum((value * value * share for value, share in shares.items()), Fraction())
    return mean, square - mean * mean


FLOW = FeatureGroup(
    name="flow",
    summary="flow: variance of the signal and of the gradient by the operations it went through",
    version=1,
    needs_network=False,
    columns=lambda space: list(COLUMNS),
    compute=per_graph(COLUMNS, flow_values),
    equal_by="function",
)

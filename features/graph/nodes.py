"""Nodes: what operations read and feed, how deep they lie, and their share of the channels, summed by kind.

An operation is a node of the live graph, whether it stands on a node or on an edge of the architecture's
graph; skips are spliced away, concatenations taken for what they hold (`_terms`). Its share is its number
of channels over those of the output, 1 where widths are unknown. Arithmetic is exact, so architectures that
compute the same function have equal rows.

Columns, in the words of the space's operations (`_words`), for each kind: how many operations read the
input or not and feed the output or not (``in_out``, ``in``, ``out``, ``inner``), and the same weighted by
share; sums of the longest and shortest way from the input (``depth``) and to the output (``height``),
itself counted; terms read and readers; share squared (work); shares of those that feed the output, times
their depth. ``link_a>b``: operations b that read an operation a, ``input`` and ``output`` included.
``pair_a+b``: both held by one sum. ``feed``: over the operations that feed the output, the most and fewest
of what `paths` counts along a way to them, weighted by share.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement

from proxyrank.features.graph._group import graph_group
from proxyrank.features.graph._terms import INPUT, Sum, Terms, extents, splice
from proxyrank.features.graph._words import Vocabulary
from proxyrank.spaces.graph import OpGraph

_CLASSES = ("in_out", "in", "out", "inner")
_SUMS = ("depth_long", "depth_short", "height_long", "height_short", "terms", "readers", "work", "feed_depth")
_WHOLE = ("operations", "links", "longest", "shortest", "feeds", "input_feeds")

Number = int | Fraction


@lru_cache(maxsize=64)
def node_columns(words: Vocabulary) -> tuple[str, ...]:
    """Names of the columns."""
    kinds = words.kinds
    return (
        *(f"node_{name}" for name in _WHOLE),
        *(f"node_{kind}_{name}{end}" for kind in kinds for name in _CLASSES for end in ("", "_share")),
        *(f"node_{kind}_{name}" for kind in kinds for name in _SUMS),
        *(f"node_link_{a}>{b}" for a in ("input", *kinds) for b in (*kinds, "output")),
        *(f"node_pair_{a}+{b}" for a, b in combinations_with_replacement(("input", *kinds), 2)),
        *(f"node_feed_{end}_{what.name}" for what in words.measures for end in ("min", "max")),
    )


def node_values(graph: OpGraph, words: Vocabulary) -> list[float]:
    """Row of a graph, in the order of `node_columns`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`.
    """
    terms = splice(graph).flat()
    places = {i: words.place(operation) for i, operation in terms.operations}
    shares = _shares(graph, terms, places)
    depths, heights = _depths(terms, places), _heights(terms, places)
    readers = _readers(terms, places)
    links = sum(len(terms.instances[i].reads) for i in places) + len(terms.output)
    ends = [depths[term] for term in terms.output]
    whole: list[Number] = [
        len(places),
        links,
        max((high for _, high in ends), default=0),
        min((low for low, _ in ends), default=0),
        sum(terms.output.values()),
        terms.output.get(INPUT, 0),
    ]
    kinds = range(len(words.kinds))
    classes: dict[tuple[int, str], list[Number]] = {(k, name): [0, 0] for k in kinds for name in _CLASSES}
    sums: dict[tuple[int, str], Number] = {(k, name): 0 for k in kinds for name in _SUMS}
    for i, kind in places.items():
        reads, feeds = terms.instances[i].reads, terms.output.get(i, 0)
        own_class = classes[kind, _CLASSES[2 * (INPUT not in reads) + (not feeds)]]
        own_class[0] += 1
        own_class[1] += shares[i]
        own: tuple[Number, ...] = (
            *depths[i][::-1],
            *heights[i][::-1],
            sum(reads.values()),
            readers[i],
            shares[i] ** 2,
        )
        for name, value in zip(_SUMS, (*own, shares[i] * depths[i][1] * bool(feeds)), strict=True):
            sums[kind, name] += value
    values: list[Number] = [
        *whole,
        *(value for pair in classes.values() for value in pair),
        *sums.values(),
        *_links(terms, places, len(words.kinds)),
        *_pairs(terms, places, len(words.kinds)),
        *_feeds(terms, words, shares),
    ]
    return [float(value) for value in values]


def _shares(graph: OpGraph, terms: Terms, places: Iterable[int]) -> dict[int, Fraction]:
    """Channels of each operation over those of the output."""
    whole = graph.nodes[-1].width
    widths = {i: terms.instances[i].width for i in places}
    return {i: Fraction(width, whole) if width and whole else Fraction(1) for i, width in widths.items()}


def _depths(terms: Terms, places: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Operations on the shortest and on the longest way from the input to and with each."""
    depths = {INPUT: (0, 0)}
    for i in places:
        before = [depths[term] for term in terms.instances[i].reads]
        depths[i] = (1 + min(low for low, _ in before), 1 + max(high for _, high in before))
    return depths


def _heights(terms: Terms, places: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """The same on the ways to the output."""
    behind: dict[int, list[tuple[int, int]]] = {i: [] for i in (INPUT, *places)}
    for term in terms.output:
        behind[term].append((0, 0))
    heights = {}
    for i in reversed(places):
        heights[i] = (1 + min(low for low, _ in behind[i]), 1 + max(high for _, high in behind[i]))
        for term in terms.instances[i].reads:
            behind[term].append(heights[i])
    return heights


def _readers(terms: Terms, places: Iterable[int]) -> dict[int, int]:
    """Terms that each operation is, in sums that are read."""
    readers = dict.fromkeys((INPUT, *places), 0)
    for read in (*(terms.instances[i].reads for i in places), terms.output):
        for term, times in read.items():
            readers[term] += times
    return readers


def _links(terms: Terms, places: Mapping[int, int], kinds: int) -> list[int]:
    """Readings of the input and of each kind by each kind and by the output."""
    counts = [[0] * (kinds + 1) for _ in range(kinds + 1)]
    reads = [(place, terms.instances[i].reads) for i, place in places.items()]
    for place, read in (*reads, (kinds, terms.output)):
        for term, times in read.items():
            counts[0 if term == INPUT else 1 + places[term]][place] += times
    return [count for row in counts for count in row]


def _pairs(terms: Terms, places: Mapping[int, int], kinds: int) -> list[int]:
    """Pairs of terms in one sum, each different sum once."""
    counts = dict.fromkeys(combinations_with_replacement(range(kinds + 1), 2), 0)
    distinct: dict[frozenset[tuple[int, int]], Sum] = {}
    for read in (*(terms.instances[i].reads for i in places), terms.output):
        distinct.setdefault(frozenset(read.items()), read)
    for read in distinct.values():
        held = sorted(
            0 if term == INPUT else 1 + places[term] for term, times in read.items() for _ in range(times)
        )
        for i, first in enumerate(held):
            for second in held[i + 1 :]:
                counts[first, second] += 1
    return list(counts.values())


def _feeds(terms: Terms, words: Vocabulary, shares: Mapping[int, Fraction]) -> Sequence[Number]:
    """Fewest and most of each measure on the ways to what feeds the output, weighted by share."""
    reads = extents(terms, words, words.measures).reads
    values: list[Number] = [0] * (2 * len(words.measures))
    for term in terms.output:
        if term == INPUT:
            continue
        operation = terms.instances[term].operation
        assert operation is not None
        place = words.place(operation)
        for i, measure in enumerate(words.measures):
            own = operation.repeats if place in measure.kinds else 0
            values[2 * i] += shares[term] * (reads[term].lows[i] + own)
            values[2 * i + 1] += shares[term] * (reads[term].highs[i] + own)
    return values


NODES = graph_group(
    "nodes",
    "nodes: what operations read and feed, their depth and share of the channels, by kind",
    node_columns,
    node_values,
)

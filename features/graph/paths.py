"""Paths: which operations follow which on the ways from the input to the output, skips dropped.

Everything is a function of the multiset of live paths, each read as its sequence of operations, so
architectures that compute the same function have equal rows. A path passes a sum, a concatenation and a
product alike.

Columns, in the words of the space's operations (`_words`): ``set``: paths of exactly these operations in any
order; ``seq``: in this order; ``min``, ``max``, ``mean`` and ``sum`` of what is counted along a path (all
convolutions, each wide kind of them, pools, every other kind; an operation of r repeats counts r times);
``with_3_convs``: paths with 3 or more; ``skip_only``, ``pool_only``, ``conv_without_pool``; ``through``:
paths through a kind.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, product

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._group import graph_group
from proxyrank.features.graph._terms import (
    MOST,
    Budget,
    Extent,
    History,
    Instance,
    Terms,
    advance,
    capped,
    carry,
    extents,
    splice,
)
from proxyrank.features.graph._words import Vocabulary
from proxyrank.spaces.graph import Operation, OpGraph

LONGEST = 3
"""Length up to which sequences of operations have columns of their own."""

Kinds = tuple[int, ...]
Path = tuple[Kinds | None, History]
"""Kinds in order, or None where there are more than `LONGEST`; and how many of each."""


@lru_cache(maxsize=64)
def _multisets(kinds: int) -> list[Kinds]:
    return [c for size in range(LONGEST + 1) for c in combinations_with_replacement(range(kinds), size)]


@lru_cache(maxsize=64)
def _sequences(kinds: int) -> list[Kinds]:
    return [s for size in range(2, LONGEST + 1) for s in product(range(kinds), repeat=size)]


@lru_cache(maxsize=64)
def path_columns(words: Vocabulary) -> tuple[str, ...]:
    """Names of the columns."""
    kinds = words.kinds
    return (
        "path_count",
        *(f"path_set_{'+'.join(kinds[i] for i in c) or 'empty'}" for c in _multisets(len(kinds))),
        *(f"path_seq_{'>'.join(kinds[i] for i in s)}" for s in _sequences(len(kinds))),
        *(f"path_{how}_{what.name}" for what in words.measures for how in ("min", "max", "mean", "sum")),
        *(f"path_with_{k}_{what.name}" for what in words.conv_measures for k in range(MOST + 1)),
        "path_skip_only",
        *(["path_pool_only"] if words.pools else []),
        *(["path_conv_without_pool"] if words.pools and words.convs else []),
        *(f"path_through_{kind}" for kind in kinds),
    )


def path_values(graph: OpGraph, words: Vocabulary) -> list[float]:
    """Row of a graph, in the order of `path_columns`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`, or has too many paths for a float.
    """
    terms = splice(graph)
    paths = _paths(terms, words)
    values = [*_by_sequence(paths, len(words.kinds)), *_along(terms, words), *_by_history(paths, words)]
    try:
        return [float(value) for value in values]
    except OverflowError:
        raise NotApplicableError("the graph has more paths than a float can hold") from None


def _paths(terms: Terms, words: Vocabulary) -> Mapping[Path, int]:
    """Number of paths of each kind to the output."""
    budget = Budget()

    def join(instance: Instance, parts: Sequence[Mapping[Path, int]]) -> Mapping[Path, int]:
        found: dict[Path, int] = {}
        for times, part in zip(instance.reads.values(), parts, strict=True):
            for path, number in part.items():
                found[path] = found.get(path, 0) + times * number
        budget.spend(len(found))
        return found

    def through(operation: Operation, read: Mapping[Path, int]) -> Mapping[Path, int]:
        place = words.place(operation)
        found: dict[Path, int] = {}
        for (kinds, history), number in read.items():
            longer = None if kinds is None or len(kinds) == LONGEST else (*kinds, place)
            path = longer, advance(history, place, operation.repeats)
            found[path] = found.get(path, 0) + number
        return found

    start: Mapping[Path, int] = {((), (0,) * len(words.kinds)): 1}
    return carry(terms, start, join, through).output


def _by_sequence(paths: Mapping[Path, int], kinds: int) -> list[int]:
    """Number of paths, of those of each multiset of kinds, of those of each sequence."""
    sequences: dict[Kinds, int] = {}
    multisets: dict[Kinds, int] = {}
    for (sequence, _), times in paths.items():
        if sequence is not None:
            sequences[sequence] = sequences.get(sequence, 0) + times
            ordered = tuple(sorted(sequence))
            multisets[ordered] = multisets.get(ordered, 0) + times
    return [
        sum(paths.values()),
        *(multisets.get(chosen, 0) for chosen in _multisets(kinds)),
        *(sequences.get(chosen, 0) for chosen in _sequences(kinds)),
    ]


def _along(terms: Terms, words: Vocabulary) -> list[int | Fraction]:
    """Minimum, maximum, mean and sum of each measure over the paths."""
    end: Extent = extents(terms, words, words.measures).output
    values: list[int | Fraction] = []
    for low, high, total in zip(end.lows, end.highs, end.sums, strict=True):
        values += [low, high, Fraction(total, end.routes) if end.routes else 0, total]
    return values


def _by_history(paths: Mapping[Path, int], words: Vocabulary) -> list[int]:
    """Paths by number of convolutions, of some classes, and through each kind."""
    histories: dict[History, int] = {}
    for (_, history), times in paths.items():
        histories[history] = histories.get(history, 0) + times
    by_count = [[0] * (MOST + 1) for _ in words.conv_measures]
    for history, times in histories.items():
        for counts, measure in zip(by_count, words.conv_measures, strict=True):
            counts[capped(history, measure)] += times

    def number(test: Callable[[History], bool]) -> int:
        return sum(times for history, times in histories.items() if test(history))

    def has_conv(history: History) -> bool:
        return any(history[i] for i in words.convs)

    def has_pool(history: History) -> bool:
        return any(history[i] for i in words.pools)

    classes = [number(lambda history: not any(history))]
    if words.pools:
        only = set(range(len(words.kinds))) - set(words.pools)
        classes.append(number(lambda h: has_pool(h) and not any(h[i] for i in only)))
    if words.pools and words.convs:
        classes.append(number(lambda h: has_conv(h) and not has_pool(h)))
    through = [sum(times for h, times in histories.items() if h[place]) for place in range(len(words.kinds))]
    return [*(n for counts in by_count for n in counts), *classes, *through]


PATHS = graph_group(
    "paths",
    "paths: the sequences of operations on the live paths from input to output",
    path_columns,
    path_values,
)

"""Cell: operations, shortcuts and inner nodes of the live graph.

Read off the spliced form (`_terms`): a node is the sum of terms that an operation, or the output, reads; a
term that a node holds by a skip is one that it shares with another node, or the input. So neither the names
of nodes nor the places of skips matter, and architectures that compute the same function have equal rows.
Concatenations and products are taken for the sum of their terms.

Columns, in the words of the space's operations (`_words`): ``count``: live operations of a kind, of all
convolutions, terms held by a skip, inner nodes; ``output``: terms that enter the output; ``input``:
operations that read the input; ``identity_beside``: operations other than pools added to all that they read;
``skip_beside``: pairs of such an operation and a sum held by a skip in one node; ``inner``: over the routes
from the input to an inner node, the fewest and most of what `paths` counts, and their number.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._group import graph_group
from proxyrank.features.graph._terms import INPUT, Extent, Sum, Terms, extents, splice
from proxyrank.features.graph._words import Vocabulary
from proxyrank.spaces.graph import OpGraph

INNER_NODES = 2
"""Inner nodes that have columns, the largest summaries first; zeros where there are fewer."""


@lru_cache(maxsize=64)
def cell_columns(words: Vocabulary) -> tuple[str, ...]:
    """Names of the columns."""
    kinds, beside = words.kinds, [words.kinds[i] for i in _beside(words)]
    inner = [f"{end}_{what.name}" for what in words.measures for end in ("min", "max")]
    return (
        *(f"cell_count_{kind}" for kind in kinds),
        *(["cell_count_convs"] if words.convs else []),
        "cell_count_skip_terms",
        "cell_count_inner_nodes",
        *(f"cell_output_{kind}" for kind in kinds),
        "cell_output_input",
        *(f"cell_input_{kind}" for kind in kinds),
        *(f"cell_identity_beside_{kind}" for kind in beside),
        *(f"cell_skip_beside_{kind}" for kind in beside),
        *(f"cell_inner{i + 1}_{name}" for i in range(INNER_NODES) for name in (*inner, "routes")),
    )


def cell_values(graph: OpGraph, words: Vocabulary) -> list[float]:
    """Row of a graph, in the order of `cell_columns`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`, or has too many routes for a float.
    """
    terms = splice(graph).flat()
    places = {i: words.place(operation) for i, operation in terms.operations}
    distinct = {_key(terms.instances[i].reads): terms.instances[i].reads for i in places}
    inner = [read for read in distinct.values() if not _is_input(read)]
    values = [
        *_counts(terms, inner, places, words),
        *_residuals(terms, inner, places, words),
        *_inner_nodes(terms, places, words),
    ]
    try:
        return [float(value) for value in values]
    except OverflowError:
        raise NotApplicableError("the graph has more routes than a float can hold") from None


def _beside(words: Vocabulary) -> list[int]:
    return [i for i in range(len(words.kinds)) if i not in words.pools]


def _is_input(read: Sum) -> bool:
    return len(read) == 1 and read.get(INPUT) == 1


def _counts(terms: Terms, inner: list[Sum], places: Mapping[int, int], words: Vocabulary) -> list[int]:
    kinds = range(len(words.kinds))
    count, output, first = [0] * len(kinds), [0] * len(kinds), [0] * len(kinds)
    for i, place in places.items():
        count[place] += 1
        output[place] += terms.output.get(i, 0)
        first[place] += INPUT in terms.instances[i].reads
    # every operation enters one node of its own accord; all further terms are held by skips
    skips = sum(sum(node.values()) for node in (*inner, terms.output)) - len(places)
    convs = [sum(count[i] for i in words.convs)] if words.convs else []
    return [*count, *convs, skips, len(inner), *output, terms.output.get(INPUT, 0), *first]


def _residuals(terms: Terms, inner: list[Sum], places: Mapping[int, int], words: Vocabulary) -> list[int]:
    """Operations beside a sum that a skip adds to their node: the sum they read, and any sum that is read."""
    counted = _beside(words)
    identity, beside = dict.fromkeys(counted, 0), dict.fromkeys(counted, 0)
    by_term: dict[int, list[Sum]] = {}
    for read in ({INPUT: 1}, *inner):
        by_term.setdefault(min(read), []).append(read)
    for node in (*inner, terms.output):
        skipped = list(_held(node, by_term))
        for term in node:
            if term == INPUT or places[term] not in identity:
                continue
            identity[places[term]] += _inside(terms.instances[term].reads, node)
            beside[places[term]] += sum(term not in read for read in skipped)
    return [*identity.values(), *beside.values()]


def _held(node: Sum, by_term: Mapping[int, Sequence[Sum]]) -> Iterator[Sum]:
    """Sums that a node holds and that are not all of it, from those listed by their first term."""
    for term in node:
        yield from (read for read in by_term.get(term, ()) if _inside(read, node))


def _inside(read: Sum, node: Sum) -> bool:
    """Whether a node holds all terms of a sum, and more."""
    return read != node and all(node.get(term, 0) >= times for term, times in read.items())


def _inner_nodes(terms: Terms, places: Mapping[int, int], words: Vocabulary) -> list[int]:
    reads = extents(terms, words, words.measures).reads
    found = {_key(terms.instances[i].reads): _routes(reads[i]) for i in places}
    summaries = sorted((summary for key, summary in found.items() if not _is_input(dict(key))), reverse=True)
    summaries += [(0,) * (2 * len(words.measures) + 1)] * (INNER_NODES - len(summaries))
    return [value for summary in summaries[:INNER_NODES] for value in summary]


def _key(read: Sum) -> frozenset[tuple[int, int]]:
    return frozenset(read.items())


def _routes(extent: Extent) -> tuple[int, ...]:
    ends = (end for both in zip(extent.lows, extent.highs, strict=True) for end in both)
    return (*ends, extent.routes)


CELL = graph_group(
    "cell",
    "cell: operations, shortcuts and inner nodes of the live graph",
    cell_columns,
    cell_values,
)

"""GRAF: properties of the graph restricted to every subset of operations (ICML 2024, arXiv 2404.16551).

Columns: ``op_count_<op>``; then, for every subset A of the operations, edges on the shortest and on the
longest path from input to output whose operations all belong to A; edges of A that leave the input (published
as ``in_degree``) and that enter the output (``out_degree``); edges of A over the number of nodes, twice.

An operation is called by the space's name for it. Where a space has more than `MAX_OPS`, or declares none,
coarser words take the names' place (`_words`), so that there are never more than `MAX_OPS`. An operation on a
node lies on every edge that enters the node, and for ``out_degree`` and ``avg_out`` on every edge that leaves
it; a plain edge is part of no subset and of no length.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import pandas as pd

from proxyrank.common.errors import NotApplicableError, unknown
from proxyrank.features.graph._words import Level, operations_of, words_of
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import Operation, OpGraph, SearchSpace, require

MAX_OPS = 8
"""Operations told apart: there are six columns for each of the 2^n - 1 subsets."""

NO_PATH: dict[str, tuple[int, int]] = {"published": (2, 0), "older": (1, -1)}
"""Setting ``graf_no_path``: what `min_path_len` exceeds the number of nodes by, and `max_op_on_path`, where
no path exists; in NAS-Bench-201 6 and 0, in the older public code 5 and -1."""

_FAMILIES = (
    "min_path_len_({})",
    "max_op_on_path_({})",
    "node_degree_({})_in_degree",
    "node_degree_({})_out_degree",
    "node_degree_({})_avg_in",
    "node_degree_({})_avg_out",
)

Places = tuple[int, ...]
"""Positions of the operations that something carries."""


@lru_cache(maxsize=64)
def graf_words(operations: tuple[Operation, ...] | None) -> tuple[tuple[str, ...], Level]:
    """Words for the operations of a space, at most `MAX_OPS`, and what gives an operation's word."""
    return words_of(operations, MAX_OPS, first=(lambda operation: operation.label,))


def graf_columns(words: Sequence[str]) -> list[str]:
    """Names of the columns for operations of these names: counts, then six columns per non-empty subset."""
    named = (",".join(words[i] for i in subset) for subset in _subsets(len(words)))
    return [f"op_count_{word}" for word in words] + [
        form.format(name) for name in named for form in _FAMILIES
    ]


def graf_values(
    graph: OpGraph, words: Sequence[str], level: Level, *, no_path: str = "published"
) -> list[float]:
    """GRAF of the graph as it is written, dead operations and ``none`` included.

    Parameters
    ----------
    graph
        The graph.
    words, level
        Names of the operations in the order of the columns, and what gives an operation's name.
    no_path
        Key of `NO_PATH`.

    Returns
    -------
    list of float
        In the order of `graf_columns`.

    Raises
    ------
    ProxyrankError
        If ``no_path`` is unknown.
    NotApplicableError
        If an operation is none of those named.
    """
    if no_path not in NO_PATH:
        raise unknown("graf_no_path", no_path, NO_PATH)
    extra, none_longest = NO_PATH[no_path]
    n, last = len(words), graph.n_nodes - 1
    at = {word: i for i, word in enumerate(words)}

    def places(operation: Operation | None) -> Places:
        if operation is None:
            return ()
        if level(operation) not in at:
            raise NotApplicableError(
                f"the operation {operation.label} is none of those that the search space declares "
                f"({', '.join(words)})"
            )
        return (at[level(operation)],)

    nodes = [places(node.operation) for node in graph.nodes]
    own = [places(edge.operation) for edge in graph.edges]
    entering = [passed + nodes[edge.target] for edge, passed in zip(graph.edges, own, strict=True)]
    leaving = [nodes[edge.source] + passed for edge, passed in zip(graph.edges, own, strict=True)]
    counts = _counts((*nodes, *own), n)
    first = _counts((way for edge, way in zip(graph.edges, entering, strict=True) if edge.source == 0), n)
    final = _counts((way for edge, way in zip(graph.edges, leaving, strict=True) if edge.target == last), n)
    inward, outward = _counts(entering, n), _counts(leaving, n)
    lengths = _path_lengths(graph, entering)
    values: list[float] = [*counts]
    for subset in _subsets(n):
        mask = sum(1 << i for i in subset)
        inside = [span for used, span in lengths.items() if used & ~mask == 0]
        values += [
            min((shortest for shortest, _ in inside), default=graph.n_nodes + extra),
            max((longest for _, longest in inside), default=none_longest),
            sum(first[i] for i in subset),
            sum(final[i] for i in subset),
            sum(inward[i] for i in subset) / graph.n_nodes,
            sum(outward[i] for i in subset) / graph.n_nodes,
        ]
    return values


@lru_cache(maxsize=64)
def _subsets(n: int) -> list[Places]:
    return [subset for size in range(1, n + 1) for subset in combinations(range(n), size)]


def _counts(carried: Iterable[Places], n: int) -> list[int]:
    counts = [0] * n
    for places in carried:
        for place in places:
            counts[place] += 1
    return counts


def _path_lengths(graph: OpGraph, entering: Sequence[Places]) -> Mapping[int, tuple[int, int]]:
    """Set of operations on a path (bits) -> fewest and most operations on such a path to the output."""
    reached: list[dict[int, tuple[int, int]]] = [{} for _ in range(graph.n_nodes)]
    reached[0][0] = (0, 0)
    order = sorted(range(len(graph.edges)), key=lambda i: graph.edges[i].target)
    for i in order:
        source, target = graph.edges[i].source, graph.edges[i].target
        more, mask = len(entering[i]), sum(1 << place for place in set(entering[i]))
        here = reached[target]
        for used, (shortest, longest) in reached[source].items():
            low, high = here.get(used | mask, (shortest + more, longest + more))
            here[used | mask] = (min(low, shortest + more), max(high, longest + more))
    return reached[-1]


def _columns(space: SearchSpace) -> list[str]:
    return graf_columns(graf_words(operations_of(space))[0])


def _compute(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> pd.DataFrame:
    words, level = graf_words(operations_of(space))
    own, no_path = require(space, "graph", "the feature group graf"), settings.graf_no_path
    rows = [graf_values(own.graph(arch), words, level, no_path=no_path) for arch in archs]
    return frame_of(archs, graf_columns(words), rows)


GRAF = FeatureGroup(
    name="graf",
    summary="GRAF: counts, path lengths and degrees for every subset of operations (arXiv 2404.16551)",
    version=1,
    needs_network=False,
    columns=_columns,
    compute=_compute,
    equal_by="arch",
    needs=("graph",),
    settings=("graf_no_path",),
)

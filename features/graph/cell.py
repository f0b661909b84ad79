"""Cell: operations, shortcuts and inner nodes of the live graph.

Read off the spliced form (`_terms`): a node is the sum of terms that an operation, or the
output, reads; a term that a node holds by a skip is one that it shares with another node, or the input. So
neither the names of nodes nor the places of skips matter, and architectures that compute the same function
have equal rows.
"""

from collections.abc import Mapping

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._terms import INPUT, NO_HISTORY, History, Sum, Terms, advance, splice, spread
from proxyrank.features.groups import FeatureGroup, per_graph
from proxyrank.spaces.graph import OpGraph

Kind = str

KINDS: tuple[Kind, ...] = ("conv3x3", "conv1x1", "pool")
CONVS: tuple[Kind, ...] = ("conv3x3", "conv1x1")
INNER_NODES = 2
"""Inner nodes that have columns, the largest summaries first; zeros where there are fewer."""

_INNER = (
    "min_convs",
    "max_convs",
    "min_conv3x3",
    "max_conv3x3",
    "min_pools",
    "max_pools",
    "routes",
)

COLUMNS: tuple[str, ...] = (
    *(f"cell_count_{kind}" for kind in KINDS),
    "cell_count_convs",
    "cell_count_skip_terms",
    "cell_count_inner_nodes",
    *(f"cell_output_{kind}" for kind in KINDS),
    "cell_output_input",
    *(f"cell_input_{kind}" for kind in KINDS),
    *(f"cell_identity_beside_{kind}" for kind in CONVS),
    *(f"cell_skip_beside_{kind}" for kind in CONVS),
    *(f"cell_inner{i + 1}_{name}" for i in range(INNER_NODES) for name in _INNER),
)
"""``count``: live operations, terms held by a skip, inner nodes; ``output``: terms that enter the output;
``input``: operations that read the input; ``identity_beside``: convs added to all that they read;
``skip_beside``: pairs of a conv and a term held by a skip in one node; ``inner``: over the routes from the
input to an inner node."""


def cell_values(graph: OpGraph) -> list[float]:
    """Row of a graph, in the order of `COLUMNS`; all zero where no path leads to the output.

    Raises
    ------
    NotApplicableError
        If the graph exceeds the bounds of `_terms`, or has too many routes for a float.
    """
    terms = splice(graph)
    distinct = {_key(instance.reads): instance.reads for instance in terms.instances}
    inner = [read for read in distinct.values() if not _is_input(read)]
    values = [*_counts(terms, inner), *_residuals(terms, inner), *_inner_nodes(terms)]
    try:
        return [float(value) for value in values]
    except OverflowError:
        raise NotApplicableError("the graph has more routes than a float can hold") from None


def _is_input(read: Sum) -> bool:
    return len(read) == 1 and read.get(INPUT) == 1


def _counts(terms: Terms, inner: list[Sum]) -> list[int]:
    kinds = [instance.kind for instance in terms.instances]
    count = [kinds.count(kind) for kind in KINDS]
    # every operation enters one node of its own accord; all further terms are held by skips
    skips = sum(sum(node.values()) for node in (*inner, terms.output)) - len(kinds)
    output = [sum(n for t, n in terms.output.items() if t != INPUT and kinds[t] == kind) for kind in KINDS]
    first = [sum(i.kind == kind and INPUT in i.reads for i in terms.instances) for kind in KINDS]
    return [*count, sum(count[:2]), skips, len(inner), *output, terms.output.get(INPUT, 0), *first]


def _residuals(terms: Terms, inner: list[Sum]) -> list[int]:
    """Convs beside a sum that a skip adds to their node: the sum they read, and any sum that is read."""
    identity, beside = dict.fromkeys(CONVS, 0), dict.fromkeys(CONVS, 0)
    for node in (*inner, terms.output):
        skipped = [read for read in ({INPUT: 1}, *inner) if _inside(read, node)]
        for term in node:
            if term == INPUT or terms.instances[term].kind not in CONVS:
                continue
            instance = terms.instances[term]
            identity[instance.kind] += _inside(instance.reads, node)
            beside[instance.kind] += sum(term not in read for read in skipped)
    return [*identity.values(), *beside.values()]


def _inside(read: Sum, node: Sum) -> bool:
    """Whether a node holds all terms of a sum, and more."""
    return read != node and all(node.get(term, 0) >= times for term, times in read.items())


def _inner_nodes(terms: Terms) -> list[int]:
    routes = spread(terms, (NO_HISTORY, 1), advance, lambda kind, read: 1).reads
    found = {_key(i.reads): _routes(read) for i, read in zip(terms.instances, routes, strict=True)}
    summaries = sorted((summary for key, summary in found.items() if not _is_input(dict(key))), reverse=True)
    summaries += [(0,) * len(_INNER)] * (INNER_NODES - len(summaries))
    return [value for summary in summaries[:INNER_NODES] for value in summary]


def _key(read: Sum) -> frozenset[tuple[int, int]]:
    return frozenset(read.items())


def _routes(histories: Mapping[History, int]) -> tuple[int, ...]:
    counts = (
        [conv3x3 + conv1x1 for conv3x3, conv1x1, _ in histories],
        [conv3x3 for conv3x3, _, _ in histories],
        [pool for _, _, pool in histories],
    )
    return (*(end for count in counts for end in (min(count), max(count))), sum(histories.values()))


CELL = FeatureGroup(
    name="cell",
    summary="cell: operations, shortcuts and inner nodes of the live graph",
    version=1,
    needs_network=False,
    columns=lambda space: list(COLUMNS),
    compute=per_graph(COLUMNS, cell_values),
    equal_by="function",
)

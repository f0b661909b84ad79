"""GRAF: properties of the graph restricted to every subset of operations (ICML 2024, arXiv 2404.16551)."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.spaces.base import SearchSpace, require
from proxyrank.spaces.graph import Edge, OpGraph

MAX_OPS = 8
"""Operations a space may have: there are six columns for each of the 2^n - 1 subsets."""

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


def graf_columns(ops: Sequence[str]) -> list[str]:
    """Names of the columns for operations ``ops``: counts, then six columns a non-empty subset.

    Raises
    ------
    ProxyrankError
        If there are more than `MAX_OPS` operations.
    """
    subsets = (",".join(subset) for subset in _subsets(ops))
    counts = [f"op_count_{op}" for op in ops]
    return counts + [family.format(subset) for subset in subsets for family in _FAMILIES]


def graf_values(graph: OpGraph, ops: Sequence[str], *, no_path: str = "published") -> list[float]:
    """GRAF of the graph as it is written, dead operations included.

    Parameters
    ----------
    graph
        Operations on edges; all of them count, ``none`` too.
    ops
        Names of the space's operations, in the order of the columns.
    no_path
        Key of `NO_PATH`.

    Returns
    -------
    list of float
        In the order of `graf_columns`. For a subset A: edges on the shortest and on the longest path from
        input to output whose edges all carry operations of A; edges of A that leave the input (published as
        ``in_degree``), that enter the output (``out_degree``); edges of A over the number of nodes, twice.

    Raises
    ------
    ProxyrankError
        If there are more than `MAX_OPS` operations, or ``no_path`` is unknown.
    ValueError
        If an edge carries an operation that is not in ``ops``.
    """
    if no_path not in NO_PATH:
        raise unknown("graf_no_path", no_path, NO_PATH)
    extra, none_longest = NO_PATH[no_path]
    bit = {op: 1 << i for i, op in enumerate(ops)}
    leaving = _counts(graph.outgoing[0], ops)
    entering = _counts(graph.incoming[graph.n_nodes - 1], ops)
    counts = _counts(graph.edges, ops)
    lengths = _path_lengths(graph, bit)
    values: list[float] = [counts[op] for op in ops]
    for subset in _subsets(ops):
        mask = sum(bit[op] for op in subset)
        inside = [span for used, span in lengths.items() if used & ~mask == 0]
        average = sum(counts[op] for op in subset) / graph.n_nodes
        values += [
            min((shortest for shortest, _ in inside), default=graph.n_nodes + extra),
            max((longest for _, longest in inside), default=none_longest),
            sum(leaving[op] for op in subset),
            sum(entering[op] for op in subset),
            average,
            average,
        ]
    return values


def _subsets(ops: Sequence[str]) -> list[tuple[str, ...]]:
    if len(ops) > MAX_OPS:
        raise ProxyrankError(f"graf handles spaces of at most {MAX_OPS} operations, got {len(ops)}")
    return [subset for size in range(1, len(ops) + 1) for subset in combinations(ops, size)]


def _counts(edges: Sequence[Edge], ops: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(ops, 0)
    for edge in edges:
        if _op(edge) not in counts:
            raise ValueError(f"operation {_op(edge)!r} is not one of {', '.join(ops)}")
        counts[_op(edge)] += 1
    return counts


def _path_lengths(graph: OpGraph, bit: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """Set of operations on a path (bits) -> shortest and longest path from input to output with that set."""
    reached: list[dict[int, tuple[int, int]]] = [{} for _ in range(graph.n_nodes)]
    reached[0][0] = (0, 0)
    for node in range(1, graph.n_nodes):
        here = reached[node]
        for edge in graph.incoming[node]:
            for used, (shortest, longest) in reached[edge.source].items():
                key = used | bit[_op(edge)]
                low, high = here.get(key, (shortest + 1, longest + 1))
                here[key] = (min(low, shortest + 1), max(high, longest + 1))
    return reached[-1]


def _op(edge: Edge) -> str:
    return edge.operation.label if edge.operation else "skip"


def _ops(space: SearchSpace) -> list[str]:
    return [op.label for op in require(space, "ops", "the feature group graf").ops]


def _columns(space: SearchSpace) -> list[str]:
    return graf_columns(_ops(space))


def _compute(space: SearchSpace, archs: Sequence[str], settings: Mapping[str, Any]) -> pd.DataFrame:
    no_path = settings.get("graf_no_path", "published")
    ops = _ops(space)
    own = require(space, "graph", "the feature group graf")
    rows = [graf_values(own.graph(arch), ops, no_path=no_path) for arch in archs]
    return frame_of(archs, graf_columns(ops), rows)


GRAF = FeatureGroup(
    name="graf",
    summary="GRAF: counts, path lengths and degrees for every subset of operations (arXiv 2404.16551)",
    version=1,
    needs_network=False,
    columns=_columns,
    compute=_compute,
    equal_by="arch",
    defaults={"graf_no_path": "published"},
)

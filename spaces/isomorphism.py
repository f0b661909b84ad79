"""One order of the nodes of a small labelled graph, the same for all graphs that differ in names only."""

from collections.abc import Sequence
from itertools import permutations, product
from typing import Any

LabelledEdge = tuple[int, int, int]
"""Source, target, label."""


def canonical_order(labels: Sequence[int], edges: Sequence[LabelledEdge]) -> list[int]:
    """Nodes of a directed acyclic graph in an order that does not depend on how they are numbered.

    Isomorphic graphs, written in their orders, are equal; every edge goes forward in the order. Colours are
    refined by neighbours until stable, then the smallest form over renamings within a colour is taken.

    Parameters
    ----------
    labels
        One per node; nodes are numbered in a topological order.
    edges
        Each goes from a lower to a higher number; parallel ones are allowed.

    Returns
    -------
    list of int
        Old numbers, in the new order.
    """
    colours = _refine(_ranks(list(zip(_depths(len(labels), edges), labels, strict=True))), edges)
    classes: list[list[int]] = [[] for _ in range(max(colours) + 1)]
    for node, colour in enumerate(colours):
        classes[colour].append(node)
    if len(classes) == len(labels):
        return [node for (node,) in classes]
    orders = ([n for group in groups for n in group] for groups in product(*map(permutations, classes)))
    return min(orders, key=lambda order: _form(order, edges))


def _depths(size: int, edges: Sequence[LabelledEdge]) -> list[int]:
    """Edges on the longest way to each node: no edge joins two nodes of one depth."""
    depths = [0] * size
    for source, target, _ in sorted(edges):
        depths[target] = max(depths[target], depths[source] + 1)
    return depths


def _refine(colours: list[int], edges: Sequence[LabelledEdge]) -> list[int]:
    """Split colours by the colours of neighbours until no more split; their order is kept."""
    size, classes = len(colours), len(set(colours))
    while classes < size:
        before: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        after: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        for source, target, label in edges:
            before[target].append((label, colours[source]))
            after[source].append((label, colours[target]))
        refined = _ranks([(colours[n], sorted(before[n]), sorted(after[n])) for n in range(size)])
        if (count := len(set(refined))) == classes:
            return refined
        colours, classes = refined, count
    return colours


def _ranks(facts: list[Any]) -> list[int]:
    """Dense rank of each fact."""
    order: list[Any] = []
    for fact in sorted(facts):
        if not order or fact != order[-1]:
            order.append(fact)
    return [order.index(fact) for fact in facts]


def _form(order: list[int], edges: Sequence[LabelledEdge]) -> list[LabelledEdge]:
    new = {old: i for i, old in enumerate(order)}
    return sorted((new[source], new[target], label) for source, target, label in edges)

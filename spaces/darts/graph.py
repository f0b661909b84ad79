"""Genotypes as graphs: operations on edges, nodes that sum two of them, an output that concatenates."""

from proxyrank.spaces.darts.genotype import INPUTS, NODES, OPS, Cell, Genotype
from proxyrank.spaces.graph import Edge, Node, Operation, OpGraph

PREVIOUS = Operation("other", name="previous_cell")
"""The way from a cell's earlier input to its previous one: one more cell."""


def _operation(name: str) -> Operation:
    first, last = name.split("_")[0], name[-1]
    kernel = int(last) if last.isdigit() else 0
    if first == "sep":
        return Operation("separable_conv", kernel=kernel, repeats=2, name=name)
    if first == "dil":
        return Operation("separable_conv", kernel=kernel, dilation=2, name=name)
    if first in ("max", "avg"):
        return Operation("pool", kernel=kernel, name=name)
    return Operation("none" if first == "none" else "skip", name=name)


OPERATIONS = {name: _operation(name) for name in OPS}


def cell_graph(cell: Cell) -> OpGraph:
    """One cell: node 1 is its earlier input, node 2 the previous one, which one more cell has made."""
    nodes = (Node(), *_cell_nodes())
    return OpGraph(nodes, (Edge(0, 1), Edge(0, 2, PREVIOUS), *_cell_edges(cell, 1)))


def network_graph(genotype: Genotype) -> OpGraph:
    """A normal cell, and a reduction cell that reads it and what it reads."""
    size = len(_cell_nodes())
    nodes = (Node(), *_cell_nodes(), *_cell_nodes())
    links = [Edge(0, 1), Edge(0, 2), Edge(0, 1 + size), Edge(size, 2 + size)]
    return OpGraph(nodes, (*links, *_cell_edges(genotype.normal, 1), *_cell_edges(genotype.reduce, 1 + size)))


def _cell_nodes() -> tuple[Node, ...]:
    return (
        *(Node() for _ in range(INPUTS)),
        *(Node(width=1) for _ in range(NODES)),
        Node(merge="concat", width=NODES),
    )


def _cell_edges(cell: Cell, first: int) -> list[Edge]:
    """Edges of a cell whose first input is node ``first``."""
    edges = [
        Edge(first + source, first + i // 2 + INPUTS, OPERATIONS[op]) for i, (op, source) in enumerate(cell)
    ]
    output = first + INPUTS + NODES
    return edges + [Edge(first + INPUTS + node, output) for node in range(NODES)]

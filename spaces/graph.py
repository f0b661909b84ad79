"""A directed acyclic graph whose edges carry operations: what graph features read of an architecture."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["none", "skip", "conv3x3", "conv1x1", "pool"]


@dataclass(frozen=True)
class Edge:
    """One operation between two nodes; ``op`` is the space's own name, ``kind`` what features understand."""

    source: int
    target: int
    op: str
    kind: Kind


@dataclass(frozen=True)
class OpGraph:
    """Nodes ``0 .. n_nodes - 1`` in topological order, input 0, output ``n_nodes - 1``, operations on edges.

    A space with operations on nodes puts each on the edges that enter the node.
    """

    n_nodes: int
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        for edge in self.edges:
            if not 0 <= edge.source < edge.target < self.n_nodes:
                raise ValueError(
                    f"edge {edge.source}->{edge.target} does not go forward in {self.n_nodes} nodes"
                )

    @cached_property
    def incoming(self) -> Mapping[int, tuple[Edge, ...]]:
        """Edges that enter each node."""
        return {node: tuple(e for e in self.edges if e.target == node) for node in range(self.n_nodes)}

    @cached_property
    def outgoing(self) -> Mapping[int, tuple[Edge, ...]]:
        """Edges that leave each node."""
        return {node: tuple(e for e in self.edges if e.source == node) for node in range(self.n_nodes)}

    @cached_property
    def live_edges(self) -> tuple[Edge, ...]:
        """Edges, none excepted, that lie on a way from the input to the output."""
        carrying = [e for e in self.edges if e.kind != "none"]
        reached = {0}
        for edge in sorted(carrying, key=lambda e: e.source):
            if edge.source in reached:
                reached.add(edge.target)
        useful = {self.n_nodes - 1}
        for edge in sorted(carrying, key=lambda e: -e.target):
            if edge.target in useful:
                useful.add(edge.source)
        return tuple(e for e in carrying if e.source in reached and e.target in useful)

    def live(self) -> "OpGraph":
        """The same nodes with the live edges only."""
        return OpGraph(self.n_nodes, self.live_edges)

    def reverse(self) -> "OpGraph":
        """Every edge turned round, nodes renumbered so that the output becomes the input."""
        last = self.n_nodes - 1
        return OpGraph(
            self.n_nodes, tuple(Edge(last - e.target, last - e.source, e.op, e.kind) for e in self.edges)
        )

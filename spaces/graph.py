"""What graph features read of an architecture: a directed acyclic graph of operations, which are data.

Operations stand on edges, on nodes, or both. The vocabulary is open: a family, and numbers that say what
kind of it. Features read families and numbers, never the names that a space gives its operations.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

Family = Literal[
    "conv",
    "depthwise_conv",
    "separable_conv",
    "pool",
    "linear",
    "attention",
    "normalisation",
    "activation",
    "skip",
    "none",
    "other",
]
"""``skip`` passes its input on, ``none`` gives zeros; an inverted residual is a ``separable_conv`` with an
expansion."""

FAMILIES: tuple[Family, ...] = get_args(Family)

Merge = Literal["sum", "concat", "product"]
"""How a node joins the values that reach it: added, one behind the other (channels), or multiplied."""

_WORDS = {"depthwise_conv": "dwconv", "separable_conv": "sepconv", "normalisation": "norm"}
_USUAL_KERNEL = {"pool": 3}


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes
    ----------
    family
        One of `FAMILIES`.
    kernel
        Pixels along a side, the larger of two; 0 where there is no such thing.
    stride, dilation, groups
        Of a convolution or pool; the groups of a depthwise convolution need no stating.
    expansion
        Inner channels over outer ones, of a bottleneck or of a feed-forward layer.
    repeats
        How many times it stands in a row; it counts so often in depths and receptive fields.
    squeeze_excite
        Whether channels are gated by their means.
    name
        The space's own name for it; `kind` where it has none.
    """

    family: Family
    kernel: int = 0
    stride: int = 1
    groups: int = 1
    dilation: int = 1
    expansion: float = 1
    repeats: int = 1
    squeeze_excite: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"unknown family {self.family!r} of an operation; known: {', '.join(FAMILIES)}")
        for field in ("stride", "groups", "dilation", "repeats"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} of an operation must be at least 1, got {getattr(self, field)}")
        if self.kernel < 0 or self.expansion <= 0:
            raise ValueError("an operation needs a kernel of at least 0 and a positive expansion")

    @property
    def label(self) -> str:
        """The space's name or, without one, `kind`."""
        return self.name or self.kind

    @property
    def kind(self) -> str:
        """Family and all numbers that are not the usual ones: ``conv3x3``, ``pool``, ``sepconv5x5_e6_se``."""
        numbers = (
            ("s", self.stride),
            ("g", self.groups),
            ("d", self.dilation),
            ("e", self.expansion),
            ("r", self.repeats),
        )
        ends = [f"_{letter}{value:g}" for letter, value in numbers if value != 1]
        return self.form + "".join(ends) + ("_se" if self.squeeze_excite else "")

    @property
    def form(self) -> str:
        """Family and kernel: ``conv3x3``, ``dwconv5x5``; a 3x3 pool is ``pool``."""
        word = _WORDS.get(self.family, self.family)
        usual = self.kernel in (0, _USUAL_KERNEL.get(self.family))
        return word if usual else f"{word}{self.kernel}x{self.kernel}"

    @property
    def is_conv(self) -> bool:
        """Whether it is a convolution of any family."""
        return self.family in ("conv", "depthwise_conv", "separable_conv")

    @property
    def radius(self) -> int:
        """Pixels by which it widens the receptive field to either side."""
        return self.repeats * self.dilation * (max(self.kernel, 1) - 1) // 2


@dataclass(frozen=True)
class Node:
    """A place where values meet.

    Attributes
    ----------
    operation
        What is done to the merged value; None where the node only merges.
    merge
        How the values that reach the node become one.
    width
        Channels of the node's value, where known.
    resolution
        Height and width of it in pixels, where known.
    """

    operation: Operation | None = None
    merge: Merge = "sum"
    width: int | None = None
    resolution: int | None = None


@dataclass(frozen=True)
class Edge:
    """A value that goes from one node to another, through an operation or (None) as it is."""

    source: int
    target: int
    operation: Operation | None = None

    @property
    def is_none(self) -> bool:
        """Whether nothing goes through."""
        return self.operation is not None and self.operation.family == "none"


@dataclass(frozen=True)
class OpGraph:
    """Nodes in topological order, the first one the input and the last one the output, and edges.

    Several inputs are nodes that read the first one.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        if len(self.nodes) < 2 or self.nodes[0].operation is not None:
            raise ValueError("a graph needs an input node without an operation, and an output node")
        for edge in self.edges:
            if not 0 <= edge.source < edge.target < len(self.nodes):
                raise ValueError(
                    f"edge {edge.source}->{edge.target} does not go forward in {len(self.nodes)} nodes"
                )

    @classmethod
    def on_edges(cls, n_nodes: int, edges: Iterable[Edge]) -> "OpGraph":
        """A graph whose nodes are plain sums."""
        return cls((Node(),) * n_nodes, tuple(edges))

    @classmethod
    def on_nodes(cls, nodes: Sequence[Node], links: Iterable[tuple[int, int]]) -> "OpGraph":
        """A graph whose nodes carry the operations; links are (source, target)."""
        return cls(tuple(nodes), tuple(Edge(source, target) for source, target in links))

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    @property
    def operations(self) -> list[Operation]:
        """All operations as written, those of nodes first."""
        places: tuple[Node | Edge, ...] = (*self.nodes, *self.edges)
        return [place.operation for place in places if place.operation is not None]

    @property
    def live_operations(self) -> list[Operation]:
        """Operations that lie on such a way (`live_edges`), those of nodes first."""
        edges = self.live_edges
        reached = {edge.target for edge in edges} | {edge.source for edge in edges}
        places: list[Node | Edge] = [self.nodes[node] for node in sorted(reached)]
        return [place.operation for place in (*places, *edges) if place.operation is not None]

    @cached_property
    def incoming(self) -> Mapping[int, tuple[Edge, ...]]:
        """Edges that enter each node."""
        return self._by_node("target")

    @cached_property
    def outgoing(self) -> Mapping[int, tuple[Edge, ...]]:
        """Edges that leave each node."""
        return self._by_node("source")

    def _by_node(self, end: Literal["source", "target"]) -> Mapping[int, tuple[Edge, ...]]:
        found: dict[int, list[Edge]] = {node: [] for node in range(self.n_nodes)}
        for edge in self.edges:
            found[getattr(edge, end)].append(edge)
        return {node: tuple(edges) for node, edges in found.items()}

    @cached_property
    def live_edges(self) -> tuple[Edge, ...]:
        """Edges that lie on a way from the input to the output on which nothing is zero.

        A product is zero where one of its factors is.
        """
        reached = {0}
        for node in range(1, self.n_nodes):
            carried = [edge.source in reached and not edge.is_none for edge in self.incoming[node]]
            enough = all(carried) if self.nodes[node].merge == "product" else any(carried)
            if carried and enough and not _is_none(self.nodes[node]):
                reached.add(node)
        alive = reached & {self.n_nodes - 1}
        for node in sorted(reached, reverse=True):
            if any(edge.target in alive and not edge.is_none for edge in self.outgoing[node]):
                alive.add(node)
        return tuple(e for e in self.edges if e.source in alive and e.target in alive and not e.is_none)

    def live(self) -> "OpGraph":
        """The same nodes with the live edges only."""
        return replace(self, edges=self.live_edges)

    def reverse(self) -> "OpGraph":
        """Every edge turned round, nodes renumbered so that the output becomes the input.

        This is the way of the gradient: it adds what the readers of a value send back, so all nodes are sums.
        """
        nodes, edges = self.nodes, self.edges
        if nodes[-1].operation is not None:
            edges = (*edges, Edge(len(nodes) - 1, len(nodes)))
            nodes = (*nodes, Node())
        last = len(nodes) - 1
        turned = tuple(replace(node, merge="sum") for node in reversed(nodes))
        return OpGraph(turned, tuple(Edge(last - e.target, last - e.source, e.operation) for e in edges))


def _is_none(node: Node) -> bool:
    return node.operation is not None and node.operation.family == "none"

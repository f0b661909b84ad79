"""The cell as a graph of operations on nodes.

The 1x1 projections of the input, which a network has wherever a vertex reads it, are no operations of the
cell.
"""

from proxyrank.spaces.graph import Node, Operation, OpGraph
from proxyrank.spaces.nb101.cell import CONV1, CONV3, OPS, POOL, Cell, live_vertices, prune
from proxyrank.spaces.nb101.channels import vertex_channels

OPERATIONS = {
    CONV3: Operation("conv", kernel=3, name=CONV3),
    CONV1: Operation("conv", kernel=1, name=CONV1),
    POOL: Operation("pool", kernel=3, name=POOL),
}


WIDTH = 60
"""Channels in and out: up to five vertices share them without a remainder, whatever their order."""


def cell_graph(cell: Cell) -> OpGraph:
    """The cell as written, at `WIDTH` channels in and out; dead vertices have no width.

    The vertices that feed the output are concatenated; where the input feeds it too, a last node adds it.
    """
    last = len(cell.targets) - 1
    live = [v for v in range(last + 1) if live_vertices(cell) >> v & 1]
    widths = dict(zip(live, vertex_channels(prune(cell), WIDTH, WIDTH), strict=True))
    nodes = [Node(width=WIDTH)]
    nodes += [
        Node(OPERATIONS[OPS[int(digit)]], width=widths.get(vertex))
        for vertex, digit in enumerate(cell.ops, start=1)
    ]
    nodes.append(Node(merge="concat", width=WIDTH))
    links = [edge for edge in cell.edges if edge != (0, last)]
    if (0, last) in cell.edges:
        if len(live) > 2:
            nodes.append(Node(width=WIDTH))
            links += [(last, last + 1), (0, last + 1)]
        else:
            links.append((0, last))
    return OpGraph.on_nodes(nodes, links)

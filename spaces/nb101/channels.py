"""Channels of the vertices of a cell: the rule of the published code."""

from proxyrank.spaces.nb101.cell import Cell


def vertex_channels(cell: Cell, inputs: int, outputs: int) -> list[int]:
    """Channels of each vertex of a pruned cell that maps ``inputs`` to ``outputs`` channels.

    The inner vertices that feed the output share its channels, the first ones take the remainder; another one
    takes the largest width among those it feeds.
    """
    last = len(cell.targets) - 1
    channels = [0] * (last + 1)
    channels[0], channels[last] = inputs, outputs
    feeds = [v for v in range(1, last) if cell.targets[v] >> last & 1]
    for position, vertex in enumerate(feeds):
        channels[vertex] = outputs // len(feeds) + (position < outputs % len(feeds))
    for vertex in range(last - 1, 0, -1):
        if vertex not in feeds:
            channels[vertex] = max(
                channels[v] for v in range(vertex + 1, last) if cell.targets[vertex] >> v & 1
            )
    return channels

"""Feature groups whose row is a function of the graph alone, in the words of the space's operations."""

from collections.abc import Callable, Sequence

import pandas as pd

from proxyrank.features.graph._words import Vocabulary, operations_of, vocabulary
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import OpGraph, SearchSpace, has, require


def prefixes(space: SearchSpace) -> list[str]:
    """What the columns of each graph of an architecture begin with."""
    if not has(space, "parts"):
        return [""]
    return [f"{part}_" for part in require(space, "part_names", "").part_names]


def graphs_of(space: SearchSpace, arch: str) -> list[OpGraph]:
    """Graphs of an architecture: one, or those of its parts."""
    own = require(space, "graph", "a graph feature")
    if not has(space, "parts"):
        return [own.graph(arch)]
    parts = own.parts(arch)
    return [parts[name] for name in own.part_names]


def graph_group(
    name: str,
    summary: str,
    columns: Callable[[Vocabulary], Sequence[str]],
    values: Callable[[OpGraph, Vocabulary], list[float]],
    *,
    version: int = 1,
    needs: tuple[str, ...] = ("graph",),
) -> FeatureGroup:
    """A group that is equal for equal networks.

    Parameters
    ----------
    name, summary, version, needs
        As in `FeatureGroup`.
    columns
        Names of the columns in the words of a vocabulary.
    values
        Row of a graph, in their order.
    """

    def own_columns(space: SearchSpace) -> list[str]:
        own = columns(vocabulary(operations_of(space)))
        return [prefix + column for prefix in prefixes(space) for column in own]

    def compute(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> pd.DataFrame:
        words = vocabulary(operations_of(space))
        rows = [
            [value for graph in graphs_of(space, arch) for value in values(graph, words)] for arch in archs
        ]
        return frame_of(archs, own_columns(space), rows)

    return FeatureGroup(
        name=name,
        summary=summary,
        version=version,
        needs_network=False,
        columns=own_columns,
        compute=compute,
        equal_by="function",
        needs=needs,
    )

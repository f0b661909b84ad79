"""Feature groups whose row is a function of the graph alone, in the words of the space's operations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from proxyrank.features.graph._words import Vocabulary, operations_of, vocabulary
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.spaces import OpGraph, SearchSpace, require


def graph_group(
    name: str,
    summary: str,
    columns: Callable[[Vocabulary], Sequence[str]],
    values: Callable[[OpGraph, Vocabulary], list[float]],
) -> FeatureGroup:
    """A group that is equal for equal networks.

    Parameters
    ----------
    name, summary
        As in `FeatureGroup`.
    columns
        Names of the columns in the words of a vocabulary.
    values
        Row of a graph, in their order.
    """

    def own_columns(space: SearchSpace) -> list[str]:
        return list(columns(vocabulary(operations_of(space))))

    def compute(space: SearchSpace, archs: Sequence[str], settings: Mapping[str, Any]) -> pd.DataFrame:
        words = vocabulary(operations_of(space))
        graphs = require(space, "graph", f"the feature group {name}")
        return frame_of(archs, columns(words), [values(graphs.graph(arch), words) for arch in archs])

    return FeatureGroup(
        name=name,
        summary=summary,
        version=1,
        needs_network=False,
        columns=own_columns,
        compute=compute,
        equal_by="function",
        needs=("graph",),
    )

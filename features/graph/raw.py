"""Raw: the operations of an architecture as it is written, dead ones included.

What a device spends is spent on dead operations too, so labels such as latency and energy differ between
architectures that compute the same function. Columns: ``raw_<place>=<op>``, one-hot, where a space names
the places that all its architectures fill (the edges of a NAS-Bench-201 cell); ``raw_count_<op>`` as
written; ``raw_live_<op>`` of those that lie on a way from the input to the output.

An operation is called as in `graf`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._group import graphs_of, prefixes
from proxyrank.features.graph._words import operations_of
from proxyrank.features.graph.graf import graf_words
from proxyrank.features.groups import FeatureGroup, frame_of
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import Operation, SearchSpace, has, require

NAME = "raw"


def _columns(space: SearchSpace) -> list[str]:
    words, _ = graf_words(operations_of(space))
    own = [f"{prefix}{part}" for prefix in prefixes(space) for part in ("count", "live")]
    return [
        *(f"{NAME}_{place}={word}" for place in _places(space) for word in words),
        *(f"{NAME}_{part}_{word}" for part in own for word in words),
    ]


def _places(space: SearchSpace) -> Sequence[str]:
    return require(space, "places", "").places if has(space, "places") else ()


def _compute(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> pd.DataFrame:
    words, level = graf_words(operations_of(space))

    def counts(operations: Iterable[Operation]) -> list[float]:
        found = Counter(map(level, operations))
        if odd := set(found) - set(words):
            raise NotApplicableError(
                f"the operation {min(odd)} is none of those that the search space declares "
                f"({', '.join(words)})"
            )
        return [float(found[word]) for word in words]

    def row(arch: str) -> list[float]:
        graphs = graphs_of(space, arch)
        values: list[float] = []
        if places := _places(space):
            here = require(space, "graph", NAME).graph(arch).operations
            values += [
                value for _, operation in zip(places, here, strict=True) for value in counts([operation])
            ]
        for graph in graphs:
            values += [*counts(graph.operations), *counts(graph.live_operations)]
        return values

    return frame_of(archs, _columns(space), [row(arch) for arch in archs])


RAW = FeatureGroup(
    name=NAME,
    summary="raw: operations as written, place by place, and counted with and without dead ones (latency)",
    needs_network=False,
    columns=_columns,
    compute=_compute,
    as_written=True,
    needs=("graph",),
)

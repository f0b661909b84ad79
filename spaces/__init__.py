"""Search spaces: strings that name architectures, their graphs, sizes and networks."""

from proxyrank.spaces.base import (
    ABILITIES,
    FullSpace,
    ListedSpace,
    SearchSpace,
    Sizes,
    arch_columns,
    canonical,
    equality_key,
    has,
    parse_all,
    populations,
    representative,
    require,
)
from proxyrank.spaces.data import DATASETS, DataShape, data_shape
from proxyrank.spaces.graph import FAMILIES, Edge, Node, Operation, OpGraph
from proxyrank.spaces.lookup import (
    get_space,
    identity,
    installed_space,
    register_space,
    source_of,
    space_names,
    stated_space,
)

__all__ = [
    "ABILITIES",
    "DATASETS",
    "FAMILIES",
    "DataShape",
    "Edge",
    "FullSpace",
    "ListedSpace",
    "Node",
    "OpGraph",
    "Operation",
    "SearchSpace",
    "Sizes",
    "arch_columns",
    "canonical",
    "data_shape",
    "equality_key",
    "get_space",
    "has",
    "identity",
    "installed_space",
    "parse_all",
    "populations",
    "register_space",
    "representative",
    "require",
    "source_of",
    "space_names",
    "stated_space",
]

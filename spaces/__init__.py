"""Search spaces: strings that name architectures, their graphs, sizes and networks."""

from proxyrank.spaces.base import (
    DATASETS,
    NetworkConfig,
    SearchSpace,
    Sizes,
    get_space,
    network_config,
    parse_all,
    register_space,
    space_names,
)
from proxyrank.spaces.graph import Edge, OpGraph

__all__ = [
    "DATASETS",
    "Edge",
    "NetworkConfig",
    "OpGraph",
    "SearchSpace",
    "Sizes",
    "get_space",
    "network_config",
    "parse_all",
    "register_space",
    "space_names",
]

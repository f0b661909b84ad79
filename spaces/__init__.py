"""Search spaces: strings that name architectures, their graphs, sizes and networks."""

from proxyrank.spaces._choices import Choice, is_numeric
from proxyrank.spaces._logits import described, picking
from proxyrank.spaces.abilities import (
    ABILITIES,
    arch_columns,
    canonical,
    default_dataset,
    equality_key,
    has,
    populations,
    representative,
    require,
)
from proxyrank.spaces.base import FullSpace, ListedSpace, SearchSpace, Sizes, parse_all
from proxyrank.spaces.configspace import ConfigSpace
from proxyrank.spaces.data import DATASETS, DataShape, data_shape
from proxyrank.spaces.graph import FAMILIES, Edge, Node, Operation, OpGraph
from proxyrank.spaces.lookup import (
    get_space,
    identity,
    installed_space,
    register_space,
    source_of,
    space_names,
    time_limit_of,
)
from proxyrank.spaces.stated import changed_code, stated_code, stated_hyperparameters, stated_space

__all__ = [
    "ABILITIES",
    "DATASETS",
    "FAMILIES",
    "Choice",
    "ConfigSpace",
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
    "changed_code",
    "data_shape",
    "default_dataset",
    "described",
    "equality_key",
    "get_space",
    "has",
    "identity",
    "installed_space",
    "is_numeric",
    "parse_all",
    "picking",
    "populations",
    "register_space",
    "representative",
    "require",
    "source_of",
    "space_names",
    "stated_code",
    "stated_hyperparameters",
    "stated_space",
    "time_limit_of",
]

"""Features of architectures: groups of columns, the tables they come in, and the cache.

A group joins by `register_group`; everything else finds it by its name.
"""

from proxyrank.features.config import CONFIG
from proxyrank.features.defaults import default_groups
from proxyrank.features.graph.blocks import BLOCKS
from proxyrank.features.graph.cell import CELL
from proxyrank.features.graph.flow import FLOW
from proxyrank.features.graph.graf import GRAF
from proxyrank.features.graph.nodes import NODES
from proxyrank.features.graph.paths import PATHS
from proxyrank.features.graph.raw import RAW
from proxyrank.features.graph.sizes import SIZES
from proxyrank.features.groups import (
    GROUPS,
    Family,
    FeatureGroup,
    get_group,
    parse_groups,
    register_group,
)
from proxyrank.features.network.network_groups import NETWORK_GROUPS
from proxyrank.features.products import PRODUCTS
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.cache import cache_folder
from proxyrank.features.tables.compute import compute_features
from proxyrank.features.tables.join import join_tables
from proxyrank.features.tables.known import Known, shipped_rows
from proxyrank.features.tables.shipped import preferred_settings, shipped_tables
from proxyrank.features.tables.sidecar import FamilyInfo, GroupInfo, Sidecar
from proxyrank.features.tables.table import FeatureTable
from proxyrank.features.tables.user import load_table, read_user_table

for _group in (*NETWORK_GROUPS, GRAF, PATHS, CELL, FLOW, NODES, BLOCKS, RAW, SIZES, CONFIG, PRODUCTS):
    register_group(_group)

__all__ = [
    "GROUPS",
    "Family",
    "FamilyInfo",
    "FeatureGroup",
    "FeatureSettings",
    "FeatureTable",
    "GroupInfo",
    "Known",
    "Rows",
    "Sidecar",
    "cache_folder",
    "compute_features",
    "default_groups",
    "get_group",
    "join_tables",
    "load_table",
    "parse_groups",
    "preferred_settings",
    "read_user_table",
    "register_group",
    "shipped_rows",
    "shipped_tables",
]

"""Features of architectures: groups of columns, the tables they come in, and the cache.

A group joins by `register_group`; everything else finds it by its name.
"""

from proxyrank.features.cache import cache_folder
from proxyrank.features.cell import CELL
from proxyrank.features.compute import compute_features
from proxyrank.features.flow import FLOW
from proxyrank.features.graf import GRAF
from proxyrank.features.join import join_tables
from proxyrank.features.paths import PATHS
from proxyrank.features.proxies.groups import NETWORK_GROUPS
from proxyrank.features.registry import GROUPS, FeatureGroup, get_group, parse_groups, register_group
from proxyrank.features.shipped import preferred_settings, shipped_columns, shipped_rows, shipped_tables
from proxyrank.features.table import FeatureTable, GroupInfo, Sidecar
from proxyrank.features.user import load_table, read_user_table

for _group in (*NETWORK_GROUPS, GRAF, PATHS, CELL, FLOW):
    register_group(_group)

__all__ = [
    "GROUPS",
    "FeatureGroup",
    "FeatureTable",
    "GroupInfo",
    "Sidecar",
    "cache_folder",
    "compute_features",
    "get_group",
    "join_tables",
    "load_table",
    "parse_groups",
    "preferred_settings",
    "read_user_table",
    "register_group",
    "shipped_columns",
    "shipped_rows",
    "shipped_tables",
]

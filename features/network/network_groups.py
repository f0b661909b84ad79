"""The feature groups ``vkdnw``, ``vkdnw_extra`` and ``zcs``: one family of columns per proxy."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from proxyrank.common.optional import optional
from proxyrank.common.threads import one_thread
from proxyrank.features.groups import Family, FeatureGroup
from proxyrank.features.network.score import score_archs
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.proxies.registry import PROXIES, READINGS, columns_of, get_proxies
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import SearchSpace

NEWER = ("meco", "swap", "dextr", "least_component")
"""Proxies newer than the tables of the group ``zcs``, which keeps its columns."""

MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vkdnw": ("vkdnw",),
        "vkdnw_extra": ("vkdnw_extra",),
        "zcs": tuple(name for name in PROXIES if not name.startswith("vkdnw") and name not in NEWER),
        "zcs_extra": NEWER,
        "trace": ("trace",),
    }
)
"""Proxies of each group that needs networks."""

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "init": "kaiming normal, fan in, gain sqrt 2",
        "batch_norm": "batch statistics; vkdnw: running statistics of a fresh network",
    }
)
"""What the sidecar states beside the settings, because other tools do it otherwise."""


def proxy_family(proxy: Proxy) -> Family:
    """The columns of a proxy as a family of its group."""
    return Family(proxy.name, proxy.columns, proxy.version, proxy.settings, proxy.defaults, FACTS)


def network_group(name: str, summary: str) -> FeatureGroup:
    """Make the feature group of the proxies in `MEMBERS`, one family per proxy.

    Parameters
    ----------
    name
        Key of `MEMBERS`.
    summary
        One line for people.
    """
    proxies = get_proxies(MEMBERS[name])
    columns = columns_of(proxies)

    def compute(space: SearchSpace, archs: Sequence[str], settings: FeatureSettings) -> Rows:
        return network_columns(space, archs, columns, settings)

    return FeatureGroup(
        name=name,
        summary=summary,
        needs_network=True,
        columns=lambda space: list(columns),
        compute=compute,
        members=tuple(proxy_family(proxy) for proxy in proxies),
        shard_size=16,
        compute_columns=network_columns,
    )


def network_columns(
    space: SearchSpace, archs: Sequence[str], columns: Sequence[str], settings: FeatureSettings
) -> Rows:
    """Columns of any proxies, in the given order: one network and one set of passes per architecture.

    On one thread, so that tables agree to the last digit wherever their rows were computed.

    Parameters
    ----------
    space, archs
        Whose networks.
    columns
        Columns of the proxies; only their proxies are run.
    settings
        Of all of them.

    Raises
    ------
    MissingDependencyError
        If torch is not installed.
    ProxyrankError
        If a setting is out of range.
    """
    what = f"no table holds the network features ({columns[0]}, ...) of {archs[0]}, and computing them"
    optional("torch", what, install="torch, or give a feature table")
    known = (*PROXIES.values(), *READINGS.values())
    proxies = [proxy.name for proxy in known if set(proxy.columns) & set(columns)]
    with one_thread():
        return score_archs(space, archs, proxies, settings).columns(columns)


NETWORK_GROUPS = (
    network_group("vkdnw", "deciles and entropy of the Fisher spectrum, number of parameter tensors (VKDNW)"),
    network_group("vkdnw_extra", "further descriptions of the Fisher spectrum, and those of J^T Sigma J"),
    network_group("zcs", "zero-cost proxies, one column a proxy"),
    network_group("zcs_extra", "newer zero-cost proxies: MeCo, SWAP, Dextr, least component"),
    network_group("trace", "trace: any network as a graph of operations: counts, ways, variance, widths"),
)

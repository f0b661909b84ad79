"""The feature groups ``vkdnw`` and ``zcs``: columns, default settings and `compute`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

import pandas as pd

from proxyrank.common.optional import optional
from proxyrank.common.threads import one_thread
from proxyrank.features.groups import FeatureGroup
from proxyrank.features.network.score import score_archs
from proxyrank.features.network.score_settings import ScoreSettings
from proxyrank.features.proxies.registry import PROXIES, columns_of
from proxyrank.spaces import SearchSpace

MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vkdnw": ("vkdnw",),
        "vkdnw_extra": ("vkdnw_extra",),
        "zcs": tuple(name for name in PROXIES if not name.startswith("vkdnw")),
    }
)
"""Proxies of each group that needs networks."""

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "init": "kaiming normal, fan in, gain sqrt 2",
        "batch_norm": "batch statistics; vkdnw: running statistics of a fresh network",
    }
)
"""What the sidecar states besides the settings, because other tools do it otherwise."""

_COMMON = ("dataset", "batch_size", "seed", "input", "root", "dtype", "device", "repeats")
_FISHER = tuple(field.name for field in fields(ScoreSettings) if field.name.startswith("fisher_"))


def group_defaults(name: str) -> dict[str, Any]:
    """Settings that change the values of a group, with their defaults."""
    return _defaults(*_COMMON, *(_FISHER if name.startswith("vkdnw") else ()))


def network_group(name: str, summary: str) -> FeatureGroup:
    """Make the feature group of the proxies in `MEMBERS`; its rows carry the reasons of gaps.

    Parameters
    ----------
    name
        Key of `MEMBERS`.
    summary
        One line for people.
    """
    columns = columns_of(PROXIES[proxy] for proxy in MEMBERS[name])

    def compute(space: SearchSpace, archs: Sequence[str], settings: Mapping[str, Any]) -> pd.DataFrame:
        return network_columns(space, archs, columns, settings)

    return FeatureGroup(
        name=name,
        summary=summary,
        version=1,
        needs_network=True,
        columns=lambda space: list(columns),
        compute=compute,
        defaults=group_defaults(name),
        shard_size=16,
        compute_columns=network_columns,
    )


def network_columns(
    space: SearchSpace, archs: Sequence[str], columns: Sequence[str], settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Columns of any proxies, in the given order: one network and one set of passes an architecture.

    On one thread, so that tables agree to the last digit wherever their rows were computed.

    Parameters
    ----------
    space, archs
        Whose networks.
    columns
        Columns of the proxies; only their proxies are run.
    settings
        Fields of `ScoreSettings`, and `FACTS`.

    Raises
    ------
    MissingDependencyError
        If torch is not installed.
    ProxyrankError
        If a setting is out of range.
    """
    what = f"no table holds the network features ({columns[0]}, ...) of {archs[0]}, and computing them"
    optional("torch", what, install="torch, or give a feature table")
    own = {name: value for name, value in settings.items() if name not in FACTS}
    proxies = [proxy.name for proxy in PROXIES.values() if set(proxy.columns) & set(columns)]
    with one_thread():
        scores = score_archs(space, archs, proxies, ScoreSettings(**own))
    frame = scores.frame[list(columns)]
    frame.attrs["status"] = {column: scores.status[column] for column in columns if column in scores.status}
    return frame


def _defaults(*names: str) -> dict[str, Any]:
    known = asdict(ScoreSettings())
    return {**{name: known[name] for name in names}, **FACTS}


NETWORK_GROUPS = (
    network_group("vkdnw", "deciles and entropy of the Fisher spectrum, number of parameter tensors (VKDNW)"),
    network_group("vkdnw_extra", "further descriptions of the Fisher spectrum, and those of J^T Sigma J"),
    network_group("zcs", "zero-cost proxies, one column a proxy"),
)

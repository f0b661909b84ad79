"""The feature groups ``vkdnw`` and ``zcs``: columns, default settings and `compute`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

import pandas as pd

from proxyrank.features.proxies.registry import PROXIES, columns_of
from proxyrank.features.score import score_archs
from proxyrank.features.score_settings import ScoreSettings
from proxyrank.spaces import SearchSpace

ZCS = tuple(name for name in PROXIES if name != "vkdnw")
"""Proxies of the group ``zcs``: every one but the Fisher spectrum."""

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "init": "kaiming normal, fan in, gain sqrt 2",
        "batch_norm": "batch statistics; vkdnw: running statistics of a fresh network",
    }
)
"""What the sidecar states besides the settings, because other tools do it otherwise."""

_COMMON = ("dataset", "batch_size", "seed", "input", "root", "dtype", "device", "repeats")
_FISHER = tuple(field.name for field in fields(ScoreSettings) if field.name.startswith("fisher_"))


def vkdnw_columns(space: SearchSpace) -> list[str]:
    """List the columns of the group ``vkdnw``."""
    return list(PROXIES["vkdnw"].columns)


def zcs_columns(space: SearchSpace) -> list[str]:
    """List the columns of the group ``zcs``."""
    return columns_of(PROXIES[name] for name in ZCS)


def vkdnw_defaults() -> dict[str, Any]:
    """List the settings that change the values of the group ``vkdnw``."""
    return _defaults(*_COMMON, *_FISHER)


def zcs_defaults() -> dict[str, Any]:
    """List the settings that change the values of the group ``zcs``."""
    return _defaults(*_COMMON)


def compute_vkdnw(space: SearchSpace, archs: Sequence[str], settings: Mapping[str, Any]) -> pd.DataFrame:
    """Compute rows of the group ``vkdnw``; reasons of gaps in ``frame.attrs["status"]``."""
    return _compute(space, archs, ("vkdnw",), vkdnw_columns(space), settings)


def compute_zcs(space: SearchSpace, archs: Sequence[str], settings: Mapping[str, Any]) -> pd.DataFrame:
    """Compute rows of the group ``zcs``; reasons of gaps in ``frame.attrs["status"]``."""
    return _compute(space, archs, ZCS, zcs_columns(space), settings)


def _defaults(*names: str) -> dict[str, Any]:
    known = asdict(ScoreSettings())
    return {**{name: known[name] for name in names}, **FACTS}


def _compute(
    space: SearchSpace,
    archs: Sequence[str],
    proxies: Sequence[str],
    columns: list[str],
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    own = {name: value for name, value in settings.items() if name not in FACTS}
    scores = score_archs(space, archs, proxies, ScoreSettings(**own))
    frame = scores.frame[columns]
    frame.attrs["status"] = {column: scores.status[column] for column in columns if column in scores.status}
    return frame

"""Feature tables that come with the package: network features that nobody needs to compute again.

A table is ``features/data/<anything>.parquet`` with its sidecar; what it holds is read off the sidecar. Where
that is a part of a group's columns, it is for those who ask for columns (`shipped_columns`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.tabular import json_safe
from proxyrank.features.groups import get_group
from proxyrank.features.tables._jobs import with_reasons
from proxyrank.features.tables.table import FeatureTable, GroupInfo, Sidecar, read_sidecar, sidecar_path
from proxyrank.spaces import installed_space

FOLDER = Path(__file__).resolve().parents[1] / "data"

PREFERRED = ("batch_size", "seed")
"""Settings that a ranker takes from a shipped table unless told otherwise."""


@lru_cache(maxsize=1)
def shipped_tables() -> dict[Path, Sidecar]:
    """Tables of the package and what each holds, sorted by file name."""
    return {path: read_sidecar(sidecar_path(path)) for path in sorted(FOLDER.glob("*.parquet"))}


def shipped_rows(space: str, group: str, version: int, settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """Rows of a group with exactly these settings, or None where no table has them.

    Returns
    -------
    DataFrame
        The group's columns and `STATUS`, indexed by ``arch``.
    """
    for path, info in _holders(space, group, version, settings):
        if info.columns == get_group(group).columns(installed_space(space)):
            return _rows(path)[group]
    return None


def shipped_columns(space: str, group: str, settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """Columns of a group that are shipped with exactly these settings, all or some, or None.

    Parameters
    ----------
    space, group
        Whose columns.
    settings
        All settings of the group.

    Returns
    -------
    DataFrame
        The columns, indexed by ``arch``; missing values have no reasons here.
    """
    version = get_group(group).version
    for path, info in _holders(space, group, version, settings):
        return _rows(path)[group][info.columns]
    return None


def _holders(
    space: str, group: str, version: int, settings: Mapping[str, Any]
) -> Iterator[tuple[Path, GroupInfo]]:
    for path, sidecar in shipped_tables().items():
        info = sidecar.groups.get(group)
        if sidecar.space != space or info is None or info.version != version:
            continue
        if json_safe(info.settings) == json_safe(dict(settings)):
            yield path, info


def preferred_settings(space: str, groups: Sequence[str], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Settings with which the groups' features are shipped, where they agree with the given ones.

    Parameters
    ----------
    space, groups
        Of the features that are wanted.
    given
        Settings that the caller asks for; they stand. The data set is cifar10 where none is given.

    Returns
    -------
    dict
        The given settings, with those named in `PREFERRED` added from the first table that fits.
    """
    asked = dict(given or {})
    wanted = {"dataset": "cifar10", **asked}
    for sidecar in shipped_tables().values():
        infos = [
            sidecar.groups[name]
            for name in groups
            if sidecar.space == space
            and name in sidecar.groups
            and sidecar.groups[name].columns == get_group(name).columns(installed_space(space))
        ]
        if infos:
            stated = infos[0].settings
            if all(json_safe(stated.get(key)) == json_safe(wanted[key]) for key in wanted if key in stated):
                return {**{key: stated[key] for key in PREFERRED}, **asked}
    return asked


@lru_cache(maxsize=8)
def _rows(path: Path) -> dict[str, pd.DataFrame]:
    table = FeatureTable.read(path)
    return {
        name: with_reasons(table.frame[info.columns], table.sidecar.status)
        for name, info in table.sidecar.groups.items()
    }

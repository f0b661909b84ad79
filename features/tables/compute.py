"""Feature tables of given architectures, from what is shipped or cached where it has been computed before."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.progress import track
from proxyrank.features.groups import FeatureGroup, get_group, parse_groups
from proxyrank.features.tables._jobs import make_jobs, reasons_of, run_job, select
from proxyrank.features.tables.cache import STATUS, add_rows, cache_file, empty_rows, read_rows
from proxyrank.features.tables.shipped import shipped_rows
from proxyrank.features.tables.table import FeatureTable, GroupInfo, Sidecar
from proxyrank.spaces import SearchSpace, identity


def compute_features(
    space: SearchSpace,
    archs: Sequence[str],
    groups: Sequence[str],
    *,
    settings: Mapping[str, Any] | None = None,
    cache: bool = True,
) -> FeatureTable:
    """Features of architectures; values depend on architecture, group and settings only.

    Parameters
    ----------
    space
        Their search space.
    archs
        Exact spellings (`SearchSpace.parse`); repeats are dropped, the order is kept.
    groups
        Names of feature groups, as `parse_groups` takes them.
    settings
        Settings by name; each group takes those it declares, with its defaults for the others.
    cache
        Whether to use shipped tables and to read and write the user's cache.

    Returns
    -------
    FeatureTable
        Columns group by group in the order of the registry. An architecture for which a group fails has
        missing values and the reason in the sidecar's status.

    Raises
    ------
    ProxyrankError
        If a group is unknown, needs what the space lacks, or a setting is out of range.
    """
    archs = list(dict.fromkeys(archs))
    chosen = [get_group(name) for name in parse_groups(groups)]
    for group in chosen:
        group.require(space)
    used = {group.name: group.resolve(settings) for group in chosen}
    known = {group.name: _known(space, archs, group, used[group.name], cache=cache) for group in chosen}
    gaps: dict[tuple[str, ...], list[str]] = {}
    for group in chosen:
        present = set(known[group.name].index)
        gaps.setdefault(tuple(arch for arch in archs if arch not in present), []).append(group.name)
    parts = {name: [rows] for name, rows in known.items()}
    for missing, names in gaps.items():
        if missing:
            for name, rows in _fill(space, missing, {n: used[n] for n in names}, cache=cache).items():
                parts[name].append(rows)
    index = pd.Index(archs, name="arch", dtype="str")
    frames, infos = [], {}
    status: dict[str, dict[str, str]] = {}
    for group in chosen:
        columns = group.columns(space)
        filled = [rows for rows in parts[group.name] if len(rows)]
        rows = pd.concat(filled).reindex(index) if filled else empty_rows(columns)
        infos[group.name] = GroupInfo(version=group.version, columns=columns, settings=used[group.name])
        status |= reasons_of(rows)
        frames.append(rows.drop(columns=STATUS))
    return FeatureTable(pd.concat(frames, axis=1), Sidecar(space=space.name, groups=infos, status=status))


def _known(
    space: SearchSpace, archs: list[str], group: FeatureGroup, settings: dict[str, Any], *, cache: bool
) -> pd.DataFrame:
    """Rows that exist already, shipped ones first."""
    columns = group.columns(space)
    if not cache:
        return empty_rows(columns)
    shipped = shipped_rows(space.name, group.name, group.version, settings)
    found = [] if shipped is None else [shipped[shipped.index.isin(archs)]]
    if not found or len(found[0]) < len(archs):
        cached = read_rows(_file(space, group, settings), columns)
        wanted = cached.index.isin(archs)
        found.append(cached[wanted & ~cached.index.isin(found[0].index)] if found else cached[wanted])
    filled = [rows for rows in found if len(rows)]
    return pd.concat(filled) if filled else empty_rows(columns)


def _fill(
    space: SearchSpace, archs: Sequence[str], settings: Mapping[str, dict[str, Any]], *, cache: bool
) -> dict[str, pd.DataFrame]:
    """Computed rows of groups that lack the same architectures."""
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in settings}
    for job in make_jobs(space, settings):
        names = job.name.split("+")
        pending: dict[str, list[pd.DataFrame]] = {name: [] for name in names}
        results = run_job(space, archs, job)
        shown = track(
            results, total=len(archs), what=f"features {job.name}", size=lambda result: len(result[1])
        )
        for rows, lasting in shown:
            for name in names:
                group = get_group(name)
                own = select(rows, group.columns(space))
                found[name].append(own)
                pending[name].append(own[lasting])
                if cache and group.needs_network:  # dear rows are safe at once, cheap ones together
                    add_rows(_file(space, group, settings[name]), pending[name].pop())
        for name, rows_left in pending.items():
            if cache and rows_left:
                add_rows(
                    _file(space, get_group(name), settings[name]),
                    pd.concat(rows_left),
                )
    return {name: pd.concat(rows) for name, rows in found.items()}


def _file(space: SearchSpace, group: FeatureGroup, settings: Mapping[str, Any]) -> Path:
    return cache_file(identity(space) or space.name, group, settings)

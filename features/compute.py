"""Feature tables of given architectures, from the cache where they have been computed before."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.common.progress import track
from proxyrank.features.cache import STATUS, add_rows, cache_file, empty_rows, read_rows
from proxyrank.features.registry import FeatureGroup, frame_of, get_group, parse_groups
from proxyrank.features.table import FeatureTable, GroupInfo, Sidecar
from proxyrank.spaces.base import SearchSpace


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
        Whether to read and write the user's cache.

    Returns
    -------
    FeatureTable
        Columns group by group in the order of the registry. An architecture for which a group fails has
        missing values and the reason in the sidecar's status.

    Raises
    ------
    ProxyrankError
        If a group is unknown or a setting is out of range.
    """
    archs = list(dict.fromkeys(archs))
    frames: list[pd.DataFrame] = []
    infos: dict[str, GroupInfo] = {}
    status: dict[str, dict[str, str]] = {}
    for name in parse_groups(groups):
        group = get_group(name)
        used = group.resolve(settings)
        rows = _rows(space, archs, group, used, cache=cache)
        infos[name] = GroupInfo(version=group.version, columns=group.columns(space), settings=used)
        for arch, text in rows.loc[rows[STATUS] != "", STATUS].items():
            for column, reason in json.loads(text).items():
                status.setdefault(column, {})[str(arch)] = reason
        frames.append(rows.drop(columns=STATUS))
    sidecar = Sidecar(space=space.name, groups=infos, status=status)
    return FeatureTable(pd.concat(frames, axis=1), sidecar)


def _rows(
    space: SearchSpace, archs: list[str], group: FeatureGroup, settings: dict[str, Any], *, cache: bool
) -> pd.DataFrame:
    """Rows of one group, in the order of ``archs``, with the column `STATUS`."""
    columns = group.columns(space)
    file = cache_file(space.name, group, settings) if cache else None
    parts = []
    missing = archs
    if file is not None:
        known = read_rows(file, columns)
        known = known[known.index.isin(archs)]
        missing = [arch for arch in archs if arch not in known.index]
        parts.append(known)
    pending: list[pd.DataFrame] = []
    for rows, lasting in _computed(space, missing, group, settings):
        parts.append(rows)
        pending.append(rows[lasting])
        if file is not None and group.needs_network:  # dear rows are safe at once, cheap ones together
            add_rows(file, pending.pop())
    if file is not None and pending:
        add_rows(file, pd.concat(pending))
    index = pd.Index(archs, name="arch", dtype="str")
    filled = [part for part in parts if len(part)]
    return pd.concat(filled).reindex(index) if filled else empty_rows(columns)


def _computed(
    space: SearchSpace, archs: list[str], group: FeatureGroup, settings: dict[str, Any]
) -> Iterator[tuple[pd.DataFrame, list[bool]]]:
    """Rows with status, shard by shard, one architecture computed for all that must have equal rows.

    The second item says which rows to keep: a failure that was not announced (memory, a driver) may pass.
    """
    keys: dict[str, Callable[[str], str]] = {
        "arch": str,
        "canonical": space.canonical,
        "function": space.function_key,
    }
    key = keys[group.equal_by]
    classes: dict[str, list[str]] = {}
    for arch in archs:
        classes.setdefault(key(arch), []).append(arch)
    members = list(classes.values())
    shards = [members[i : i + group.shard_size] for i in range(0, len(members), group.shard_size)]
    for shard in track(shards, total=len(shards), what=f"features {group.name}"):
        rows, lasting = _shard(space, [same[0] for same in shard], group, settings)
        place = [i for i, same in enumerate(shard) for _ in same]
        index = pd.Index([arch for same in shard for arch in same], name="arch", dtype="str")
        yield rows.iloc[place].set_axis(index), [lasting[i] for i in place]


def _shard(
    space: SearchSpace, archs: list[str], group: FeatureGroup, settings: dict[str, Any]
) -> tuple[pd.DataFrame, list[bool]]:
    columns = group.columns(space)
    try:
        frame = group.compute(space, archs, settings)
    except ProxyrankError:
        raise
    except Exception as error:  # whatever it was, it costs the values of this architecture only
        if len(archs) > 1:
            parts = [_shard(space, [arch], group, settings) for arch in archs]
            return pd.concat([rows for rows, _ in parts]), [keep for _, kept in parts for keep in kept]
        announced = isinstance(error, NotApplicableError)
        reason = str(error) if announced else f"{type(error).__name__}: {error}"
        frame = frame_of(archs, columns, [[np.nan] * len(columns)])
        frame[STATUS] = json.dumps(dict.fromkeys(columns, reason))
        return frame, [announced]
    return _with_status(frame, archs, columns, group.name), [True] * len(archs)


def _with_status(frame: pd.DataFrame, archs: list[str], columns: list[str], group: str) -> pd.DataFrame:
    if list(frame.index) != archs or list(frame.columns) != columns:
        raise RuntimeError(f"the feature group {group} gave other rows or columns than asked for")
    given: Mapping[str, Mapping[str, str]] = frame.attrs.get("status", {})
    array = frame.to_numpy(dtype=np.float64, copy=True)
    infinite = np.isinf(array)
    array[infinite] = np.nan
    texts = [""] * len(archs)
    for row in np.flatnonzero(np.isnan(array).any(axis=1)):
        reasons = {
            columns[i]: given.get(columns[i], {}).get(
                archs[row], "infinite" if infinite[row, i] else "no value"
            )
            for i in np.flatnonzero(np.isnan(array[row]))
        }
        texts[row] = json.dumps(reasons)
    rows = pd.DataFrame(array, index=frame.index, columns=columns)
    rows[STATUS] = pd.Series(texts, index=rows.index, dtype="str")
    return rows

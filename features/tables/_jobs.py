"""What one call computes: columns of a group, or of several groups that share passes, for some architectures.

Rows of a job carry the column `STATUS` beside the values: why values are missing, as JSON.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.groups import frame_of, get_group
from proxyrank.features.tables.cache import STATUS
from proxyrank.spaces import SearchSpace, canonical, equality_key


@dataclass(frozen=True)
class Job:
    """Columns that are computed in one go.

    Attributes
    ----------
    name
        The groups they belong to.
    columns
        Their names.
    compute
        Space, architectures -> frame of these columns.
    equal_by
        As in `FeatureGroup`.
    shard_size
        Architectures a call.
    """

    name: str
    columns: list[str]
    compute: Callable[[SearchSpace, Sequence[str]], pd.DataFrame]
    equal_by: Literal["arch", "canonical", "function"]
    shard_size: int


def make_jobs(
    space: SearchSpace,
    settings: Mapping[str, Mapping[str, Any]],
    columns: Collection[str] | None = None,
) -> list[Job]:
    """Jobs that compute groups; those whose passes can be shared become one.

    Parameters
    ----------
    space
        Search space.
    settings
        All settings of each group, by the group's name; equal where two groups share one.
    columns
        Compute only these; None computes all. Groups that cannot be cut are computed whole if any is wanted.
    """
    jobs: list[Job] = []
    bundles: dict[Any, list[str]] = {}
    for name in settings:
        group = get_group(name)
        wanted = [column for column in group.columns(space) if columns is None or column in columns]
        if group.compute_columns is not None:
            bundles.setdefault(group.compute_columns, []).append(name)
        elif wanted:
            compute = partial(_whole, group.compute, dict(settings[name]))
            jobs.append(Job(name, group.columns(space), compute, group.equal_by, group.shard_size))
    for compute_columns, names in bundles.items():
        groups = [get_group(name) for name in names]
        wanted = [c for group in groups for c in group.columns(space) if columns is None or c in columns]
        merged = {key: value for name in names for key, value in settings[name].items()}
        if wanted:
            compute = partial(_some, compute_columns, wanted, merged)
            size = min(group.shard_size for group in groups)
            jobs.append(Job("+".join(names), wanted, compute, groups[0].equal_by, size))
    return jobs


def _whole(compute: Any, settings: dict[str, Any], space: SearchSpace, archs: Sequence[str]) -> pd.DataFrame:
    frame: pd.DataFrame = compute(space, archs, settings)
    return frame


def _some(
    compute: Any, columns: list[str], settings: dict[str, Any], space: SearchSpace, archs: Sequence[str]
) -> pd.DataFrame:
    frame: pd.DataFrame = compute(space, archs, columns, settings)
    return frame


def run_job(space: SearchSpace, archs: Sequence[str], job: Job) -> Iterator[tuple[pd.DataFrame, list[bool]]]:
    """Rows with status, shard by shard, one architecture computed for all that must have equal rows.

    The second item says which rows to keep: a failure that was not announced (memory, a driver) may pass.

    Raises
    ------
    ProxyrankError
        If a setting is out of range. Whatever else goes wrong costs the values of one architecture.
    """
    keys: dict[str, Callable[[str], str]] = {
        "arch": str,
        "canonical": partial(canonical, space),
        "function": partial(equality_key, space),
    }
    key = keys[job.equal_by]
    classes: dict[str, list[str]] = {}
    for arch in archs:
        classes.setdefault(key(arch), []).append(arch)
    members = list(classes.values())
    for i in range(0, len(members), job.shard_size):
        shard = members[i : i + job.shard_size]
        rows, lasting = _shard(space, [same[0] for same in shard], job)
        place = [i for i, same in enumerate(shard) for _ in same]
        index = pd.Index([arch for same in shard for arch in same], name="arch", dtype="str")
        yield rows.iloc[place].set_axis(index), [lasting[i] for i in place]


def _shard(space: SearchSpace, archs: list[str], job: Job) -> tuple[pd.DataFrame, list[bool]]:
    try:
        frame = job.compute(space, archs)
    except ProxyrankError:
        raise
    except Exception as error:  # whatever it was, it costs the values of this architecture only
        if len(archs) > 1:
            parts = [_shard(space, [arch], job) for arch in archs]
            return pd.concat([rows for rows, _ in parts]), [keep for _, kept in parts for keep in kept]
        announced = isinstance(error, NotApplicableError)
        reason = str(error) if announced else f"{type(error).__name__}: {error}"
        frame = frame_of(archs, job.columns, [[np.nan] * len(job.columns)])
        frame[STATUS] = json.dumps(dict.fromkeys(job.columns, reason))
        return frame, [announced]
    return _with_status(frame, archs, job), [True] * len(archs)


def _with_status(frame: pd.DataFrame, archs: list[str], job: Job) -> pd.DataFrame:
    columns = job.columns
    if list(frame.index) != archs or list(frame.columns) != columns:
        raise RuntimeError(f"the feature group {job.name} gave other rows or columns than asked for")
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


def select(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of rows, with the reasons that belong to them."""
    kept = set(columns)
    texts = []
    for text in rows[STATUS]:
        own = (
            {column: reason for column, reason in json.loads(text).items() if column in kept} if text else {}
        )
        texts.append(json.dumps(own) if own else "")
    found = rows[list(columns)].copy()
    found[STATUS] = pd.Series(texts, index=rows.index, dtype="str")
    return found


def side_by_side(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of the same architectures put together, reasons and all."""
    texts = []
    for row in zip(*(part[STATUS] for part in parts), strict=True):
        reasons = {column: reason for text in row if text for column, reason in json.loads(text).items()}
        texts.append(json.dumps(reasons) if reasons else "")
    found = pd.concat([part.drop(columns=STATUS) for part in parts], axis=1)
    found[STATUS] = pd.Series(texts, index=found.index, dtype="str")
    return found


def with_reasons(frame: pd.DataFrame, status: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Rows of a table: its frame, and the sidecar's reasons as the column `STATUS`."""
    texts: dict[str, dict[str, str]] = {}
    for column in frame.columns:
        for arch, reason in status.get(column, {}).items():
            texts.setdefault(arch, {})[column] = reason
    rows = frame.copy()
    column_of = [json.dumps(texts[arch]) if arch in texts else "" for arch in frame.index]
    rows[STATUS] = pd.Series(column_of, index=frame.index, dtype="str")
    return rows


def reasons_of(rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Column -> architecture -> reason, read from the column `STATUS`."""
    status: dict[str, dict[str, str]] = {}
    for arch, text in rows.loc[rows[STATUS] != "", STATUS].items():
        for column, reason in json.loads(text).items():
            status.setdefault(column, {})[str(arch)] = reason
    return status

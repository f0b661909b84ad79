"""What one call computes for some architectures: a group, or families that share passes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.groups import ComputeColumns
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables.plan import Part
from proxyrank.spaces import SearchSpace, canonical, equality_key


@dataclass(frozen=True)
class Job:
    """Families that are computed in one go, whole.

    Attributes
    ----------
    parts
        What is wanted of them.
    columns
        All columns of the families.
    compute
        Space, architectures -> rows of these columns.
    equal_by, shard_size
        As in `FeatureGroup`.
    """

    parts: tuple[Part, ...]
    columns: list[str]
    compute: Callable[[SearchSpace, Sequence[str]], Rows | pd.DataFrame]
    equal_by: Literal["arch", "canonical", "function"]
    shard_size: int

    @property
    def name(self) -> str:
        """The groups that it computes."""
        return "+".join(dict.fromkeys(part.group.name for part in self.parts))


def make_jobs(parts: Sequence[Part]) -> list[Job]:
    """Jobs that compute parts; those whose passes can be shared, because their settings agree, become one."""
    jobs = []
    bundles: list[tuple[ComputeColumns, FeatureSettings, list[Part]]] = []
    for part in parts:
        group, shared = part.group, part.group.compute_columns
        if shared is None:
            whole = partial(_whole, part)
            jobs.append(Job((part,), list(part.family.columns), whole, group.equal_by, group.shard_size))
            continue
        for i, (function, settings, bundle) in enumerate(bundles):
            both = _merged(settings, part.settings) if function is shared else None
            if both is not None:
                bundles[i] = function, both, [*bundle, part]
                break
        else:
            bundles.append((shared, part.settings, [part]))
    for function, settings, bundle in bundles:
        columns = list(dict.fromkeys(column for part in bundle for column in part.family.columns))
        compute = partial(_some, function, columns, settings)
        size = min(part.group.shard_size for part in bundle)
        jobs.append(Job(tuple(bundle), columns, compute, bundle[0].group.equal_by, size))
    return jobs


def _merged(one: FeatureSettings, other: FeatureSettings) -> FeatureSettings | None:
    """Settings that say what both say; None where they differ."""
    common = one.model_fields_set & other.model_fields_set
    return one.changed(**other.stated()) if one.only(common) == other.only(common) else None


def _whole(part: Part, space: SearchSpace, archs: Sequence[str]) -> Rows | pd.DataFrame:
    return part.group.compute(space, archs, part.settings)


def _some(
    function: ComputeColumns,
    columns: list[str],
    settings: FeatureSettings,
    space: SearchSpace,
    archs: Sequence[str],
) -> Rows:
    return function(space, archs, columns, settings)


def run_job(space: SearchSpace, archs: Sequence[str], job: Job) -> Iterator[tuple[Rows, list[str]]]:
    """Rows, shard by shard, one architecture computed for all that must have equal rows.

    The second item lists the rows to remember: a failure that was not announced (memory, a driver) may go
    away.

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
        kept = set(lasting)
        copied = rows.copied({arch: same[0] for same in shard for arch in same})
        yield copied, [arch for same in shard if same[0] in kept for arch in same]


def _shard(space: SearchSpace, archs: list[str], job: Job) -> tuple[Rows, list[str]]:
    try:
        found = job.compute(space, archs)
    except ProxyrankError:
        raise
    except Exception as error:  # whatever it was, it costs the values of this architecture only
        if len(archs) > 1:
            parts = [_shard(space, [arch], job) for arch in archs]
            return Rows.concat([rows for rows, _ in parts]), [arch for _, kept in parts for arch in kept]
        announced = isinstance(error, NotApplicableError)
        reason = str(error) if announced else f"{type(error).__name__}: {error}"
        return Rows.gaps(archs, job.columns, reason), archs if announced else []
    rows = found if isinstance(found, Rows) else Rows(found)
    if list(rows.values.index) != archs or list(rows.values.columns) != job.columns:
        raise RuntimeError(f"the feature group {job.name} gave other rows or columns than asked for")
    return rows.complete(), archs

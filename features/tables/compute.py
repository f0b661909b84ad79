"""Feature tables of given architectures, from what is shipped or cached where it has been computed before."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from proxyrank.common.progress import track
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables._jobs import Job, make_jobs, run_job
from proxyrank.features.tables.cache import add_rows, cache_file
from proxyrank.features.tables.epsilons import tell_epsilons
from proxyrank.features.tables.known import Known, known_rows
from proxyrank.features.tables.plan import Part, plan_parts, table_of
from proxyrank.features.tables.sharing import shared_sources
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import SearchSpace, identity

SAVE_EVERY = 5.0
"""Seconds of computing that a kill may cost."""

SAVE_SHARE = 10.0
"""Times what the last writing took that it may cost where the cache is large."""


def compute_features(
    space: SearchSpace,
    archs: Sequence[str],
    groups: str | Sequence[str],
    *,
    settings: FeatureSettings | Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    cache: bool = True,
    prefer_shipped: bool = False,
) -> FeatureTable:
    """Features of architectures; a value depends on its architecture, column and settings only.

    Parameters
    ----------
    space
        Their search space.
    archs
        Exact spellings (`SearchSpace.parse`); repeats are dropped, the order is kept.
    groups
        Names of feature groups, as `parse_groups` takes them.
    settings
        As `FeatureSettings.of` takes them; each column takes those that it reads.
    columns
        Only these columns of the groups; None takes all.
    cache
        Whether to use shipped tables and to read and write the user's cache.
    prefer_shipped
        Where a setting was not given take that of a shipped table that holds the column; of a column that
        none holds batch size and seed are those of its fellows.

    Returns
    -------
    FeatureTable
        Columns group by group in the order of the registry. An architecture for which a group fails has
        missing values and the reason in the sidecar's status.

    Raises
    ------
    ProxyrankError
        If a group, a setting or a column is unknown, a setting is out of range, or a group needs what the
        space lacks.

    Examples
    --------
    >>> from proxyrank import compute_features, get_space
    >>> space = get_space("nb201")
    >>> table = compute_features(space, space.sample(2, seed=0), ["paths"])
    >>> table.frame.shape
    (2, 83)
    """
    parts = plan_parts(space, groups, settings, columns, prefer_shipped=prefer_shipped)
    return compute_parts(space, archs, parts, cache=cache)


def find_known(
    space: SearchSpace, archs: Sequence[str], parts: Sequence[Part], *, cache: bool = True
) -> list[Known]:
    """What is known of each of the planned columns; nothing without the cache."""
    cache = cache and _lasting(space)
    if not cache:
        return [Known(archs, part.columns) for part in parts]
    known = [known_rows(space, archs, part) for part in parts]
    tell_epsilons([own.rows.values for own in known])
    return known


def _lasting(space: SearchSpace) -> bool:
    """Whether the space is a known one; of another object none can say whose its name is tomorrow."""
    return identity(space) is not None


def compute_parts(
    space: SearchSpace,
    archs: Sequence[str],
    parts: Sequence[Part],
    *,
    known: Sequence[Known] | None = None,
    cache: bool = True,
) -> FeatureTable:
    """The table of planned columns, from what `find_known` found; otherwise as `compute_features`."""
    archs = list(dict.fromkeys(archs))
    cache = cache and _lasting(space)
    known = find_known(space, archs, parts, cache=cache) if known is None else known
    place = {id(part): own for part, own in zip(parts, known, strict=True)}
    _take_shared(space, parts, known, cache=cache)
    for some, wanted in _gaps(archs, parts, known):
        for job in make_jobs(wanted):
            for rows in _run(space, some, job, cache=cache):
                for part in job.parts:
                    place[id(part)].add(rows)
    return table_of(space, parts, Rows.join([own.rows for own in known]))


def _take_shared(space: SearchSpace, parts: Sequence[Part], known: Sequence[Known], *, cache: bool) -> None:
    """Fill parts whose values equal networks share, from those of the networks that they are shared by."""
    for part, own in zip(parts, known, strict=True):
        lacking = own.lacking()
        if part.shared and lacking.any():
            sources = shared_sources(space, list(lacking.index[lacking]), part.columns)
            plain = [replace(part, shared=False)]
            found = compute_parts(space, list(sources.values()), plain, cache=cache).rows
            own.add(found.copied(sources))


def _gaps(
    archs: Sequence[str], parts: Sequence[Part], known: Sequence[Known]
) -> list[tuple[list[str], list[Part]]]:
    """Architectures that lack the same parts, and these parts: every network is then built once."""
    lacking = np.column_stack([own.lacking().to_numpy() for own in known])
    alike: dict[bytes, list[str]] = {}
    for arch, row in zip(archs, lacking, strict=True):
        alike.setdefault(row.tobytes(), []).append(arch)
    places = {key: np.flatnonzero(np.frombuffer(key, dtype=bool)).tolist() for key in alike}
    return [(some, [parts[i] for i in places[key]]) for key, some in alike.items() if len(places[key])]


def _run(space: SearchSpace, archs: Sequence[str], job: Job, *, cache: bool) -> Iterator[Rows]:
    """Rows as they are computed; they reach the cache every few seconds, and when anything ends the run."""
    pending: list[Rows] = []
    saved, wait = time.monotonic(), SAVE_EVERY
    results = run_job(space, archs, job)
    shown = track(
        results, total=len(archs), what=f"features {job.name}", size=lambda result: len(result[0].values)
    )
    try:
        for rows, lasting in shown:
            if cache and lasting:
                pending.append(rows.archs(lasting))
            yield rows
            if (begun := time.monotonic()) - saved > wait:
                _save(space, job, pending)
                pending, saved = [], time.monotonic()
                wait = max(SAVE_EVERY, SAVE_SHARE * (saved - begun))
    finally:
        _save(space, job, pending)


def _save(space: SearchSpace, job: Job, pending: Sequence[Rows]) -> None:
    if pending:
        rows = Rows.concat(pending)
        for part in job.parts:
            file = cache_file(space, part.group.name, part.family, part.settings)
            add_rows(file, rows.columns(part.family.columns))

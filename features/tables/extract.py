"""Feature tables too long for one sitting: in parts, resumable, on any executor, the same bytes however run.

``T.parquet`` and its sidecar ``T.json`` are put together from ``T.parts/``, which goes away when they stand.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from proxyrank.common.digests import digest as sha256
from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path, dump_json, read_json
from proxyrank.common.shards import run_sharded
from proxyrank.common.tabular import json_safe
from proxyrank.features.groups import get_group, parse_groups
from proxyrank.features.tables._assemble import merge_parts, row_parts
from proxyrank.features.tables._jobs import make_jobs, run_job, select, side_by_side, with_reasons
from proxyrank.features.tables.compute import compute_features
from proxyrank.features.tables.sharing import SETTING, Portion, plan_sharing
from proxyrank.features.tables.table import FeatureTable, GroupInfo, Sidecar, read_sidecar, sidecar_path
from proxyrank.spaces import SearchSpace, get_space, representative, source_of

DEAR_SHARD = 4
"""Architectures a part where networks are built: what a kill costs each worker, in seconds."""

HEADER = "header.json"


@dataclass(frozen=True)
class Extraction:
    """What `extract` did.

    Attributes
    ----------
    table
        File written.
    rows, columns
        Its shape, without ``arch``.
    missing
        Column -> reason -> number of missing values.
    computed
        Architectures that this run computed; none where the table stood already.
    """

    table: Path
    rows: int
    columns: int
    missing: dict[str, dict[str, int]]
    computed: int


def extract(
    space: SearchSpace,
    archs: Sequence[str],
    groups: str | Sequence[str],
    out: str | Path,
    *,
    executor: Executor,
    settings: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    share: bool = False,
    reuse: bool = False,
) -> Extraction:
    """Write a feature table; killed at any time, the same call goes on and ends in the same bytes.

    Parameters
    ----------
    space
        A registered search space.
    archs
        Exact spellings; repeats are dropped, the order is kept.
    groups
        As `parse_groups` takes them.
    out
        Table to write, ``T.parquet`` or ``T``.
    executor
        Where the work runs.
    settings
        Settings by name, as in `compute_features`.
    columns
        Only these columns of the groups; None takes all.
    share
        Let equal networks share values, see `plan_sharing`; the sidecar says so.
    reuse
        Take rows from shipped tables and the user's cache, and fill the cache; done anyway where no network
        is needed.

    Raises
    ------
    ProxyrankError
        If a group, column or setting is unknown, or ``out`` or its parts were made otherwise; the message
        names the setting that differs.
    """
    out = Path(out)
    if out.suffix not in ("", ".parquet"):
        raise TableError(f"--out {out}: expected a name without a suffix or one that ends in .parquet")
    archs = list(dict.fromkeys(archs))
    names = parse_groups(groups)
    for name in names:
        get_group(name).require(space)
    used = {name: get_group(name).resolve(settings) for name in names}
    plain = Sidecar(space=space.name, groups=_infos(space, used, columns, share=share))
    kept = [column for info in plain.groups.values() for column in info.columns]
    parts = out.with_suffix(".parts")
    if _stands(out, parts, plain, archs):
        table = FeatureTable.read(out)
        return Extraction(out, len(archs), len(table.columns), table.missing_counts(), 0)
    _open_parts(parts, plain, archs)
    portions, taken = plan_sharing(space, archs, kept) if share else ([Portion(archs, frozenset(kept))], {})
    written = []
    dear = any(get_group(name).needs_network for name in names)
    known = (reuse or not dear) and not share  # graph features are the same on every machine
    for i, portion in enumerate(portions):
        rows = partial(
            extract_rows, space=source_of(space), settings=used, columns=portion.columns, reuse=known
        )
        written += run_sharded(
            portion.archs,
            rows,
            parts / str(i),
            executor=executor,
            shard_size=DEAR_SHARD if dear else min(get_group(name).shard_size for name in names),
            what=f"features {'+'.join(names)}",
        )
    lines = row_parts(written, archs, kept, taken, partial(representative, space))
    with atomic_path(out) as table_path, atomic_path(sidecar_path(out)) as sidecar:
        status: dict[str, dict[str, str]] = {}
        missing = merge_parts(lines, kept, table_path, status)
        text = dump_json(json_safe(plain.model_copy(update={"status": status}).model_dump()))
        sidecar.write_text(text, encoding="utf-8", newline="\n")
    shutil.rmtree(parts)
    return Extraction(out, len(archs), len(kept), missing, len(archs))


def extract_rows(
    archs: Sequence[str],
    *,
    space: str | SearchSpace,
    settings: Mapping[str, dict[str, Any]],
    columns: frozenset[str],
    reuse: bool,
) -> pd.DataFrame:
    """Rows of one part, as `run_sharded` wants them: ``arch``, the columns, `STATUS`."""
    where = get_space(space)
    ordered = [c for name in settings for c in get_group(name).columns(where) if c in columns]
    if reuse:
        merged = {key: value for own in settings.values() for key, value in own.items()}
        table = compute_features(where, archs, list(settings), settings=merged)
        rows = with_reasons(table.frame, table.sidecar.status)
    else:
        jobs = make_jobs(where, settings, columns)
        index = pd.Index(list(archs), name="arch", dtype="str")
        found = [pd.concat([rows for rows, _ in run_job(where, archs, job)]).reindex(index) for job in jobs]
        rows = side_by_side(found)
    return select(rows, ordered).reset_index()


def _infos(
    space: SearchSpace, used: Mapping[str, dict[str, Any]], columns: Sequence[str] | None, *, share: bool
) -> dict[str, GroupInfo]:
    known = {column for name in used for column in get_group(name).columns(space)}
    for column in columns or ():
        if column not in known:
            raise ProxyrankError(f"unknown column {column!r}: the groups {', '.join(used)} have no such one")
    infos = {}
    for name, own in used.items():
        group = get_group(name)
        stated = {**own, SETTING: True} if share and group.needs_network else own
        kept = [column for column in group.columns(space) if columns is None or column in columns]
        if not kept:
            raise ProxyrankError(f"none of the columns asked for belongs to the group {name}; leave it out")
        infos[name] = GroupInfo(version=group.version, columns=kept, settings=stated)
    return infos


def _stands(out: Path, parts: Path, plain: Sidecar, archs: list[str]) -> bool:
    """Whether the table is there, complete; other tables are never overwritten."""
    if not sidecar_path(out).exists():
        if out.exists():
            raise TableError(f"{out} exists without {sidecar_path(out).name}; choose another --out")
        return False
    _refuse_other(sidecar_path(out), read_sidecar(sidecar_path(out)), plain)
    if not out.exists() or parts.exists():
        return False
    found = pd.read_parquet(out, columns=["arch"])["arch"].tolist()
    if found != archs:
        raise TableError(
            f"{out} holds {len(found)} architectures, not the {len(archs)} asked for in their order; choose "
            "another --out"
        )
    return True


def _open_parts(parts: Path, plain: Sidecar, archs: list[str]) -> None:
    header = parts / HEADER
    digest = sha256("\n".join(archs))
    if header.exists():
        known = read_json(header)
        _refuse_other(header, Sidecar.model_validate(known["sidecar"]), plain)
        if known["archs"] != digest:
            raise TableError(
                f"{header}: begun for other architectures; choose another --out or remove {parts}"
            )
        return
    if not parts.parent.is_dir():
        raise TableError(f"--out: the folder {parts.parent} does not exist")
    parts.mkdir(exist_ok=True)
    with atomic_path(header) as path:
        path.write_text(
            dump_json({"archs": digest, "sidecar": json_safe(plain.model_dump())}), encoding="utf-8"
        )


def _refuse_other(where: Path, known: Sidecar, asked: Sidecar) -> None:
    for line in _differences(known, asked):
        raise TableError(f"{where}: {line}; choose another --out")


def _differences(known: Sidecar, asked: Sidecar) -> Iterator[str]:
    if known.space != asked.space:
        yield f"made for the search space {known.space}, asked for {asked.space}"
    if list(known.groups) != list(asked.groups):
        yield f"made with the groups {', '.join(known.groups)}, asked for {', '.join(asked.groups)}"
    for name, info in asked.groups.items():
        old = known.groups[name]
        if old.version != info.version:
            yield f"made with version {old.version} of {name}, this proxyrank has {info.version}"
        if odd := sorted(set(old.columns) ^ set(info.columns)):
            yield f"other columns of {name} than asked for ({', '.join(odd[:5])})"
        for key in dict.fromkeys((*old.settings, *info.settings)):
            before, now = json_safe(old.settings.get(key)), json_safe(info.settings.get(key))
            if before != now:
                yield f"made with {key} = {before!r}, asked for {now!r} (group {name})"

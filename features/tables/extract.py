"""Feature tables too long for one sitting: in parts, resumable, on any executor, the same bytes however run.

``T.parquet`` and its sidecar ``T.json`` are put together from ``T.parts/``, which goes away when they stand.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError, TableError
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path, dump_json
from proxyrank.common.shards import run_sharded
from proxyrank.common.tabular import json_safe, read_table
from proxyrank.features.groups import get_group
from proxyrank.features.rows import Reasons, Rows, count_reasons
from proxyrank.features.settings import FeatureSettings
from proxyrank.features.tables._assemble import merge_parts, row_parts
from proxyrank.features.tables._parts_header import _opened_parts, _refuse_other
from proxyrank.features.tables.compute import compute_parts, find_known
from proxyrank.features.tables.plan import Part, column_order, group_infos, plan_parts, stated_parts
from proxyrank.features.tables.sharing import Portion, plan_sharing
from proxyrank.features.tables.sidecar import GroupInfo, Sidecar
from proxyrank.features.tables.sidecar_file import read_sidecar, sidecar_path
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import SearchSpace, get_space, representative, source_of, stated_code
from proxyrank.spaces.table import TableSpace

DEAR_SHARD = 4
"""Architectures a part where networks are built: what a kill costs each worker, in seconds."""

KNOWN = "__known__"
"""Column of a part: 1 where every value of the row was known before, else 0."""


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
    computed, known
        Architectures of which this run computed a value, and those of which shipped tables and the cache held
        all; none of either where the table stood already.
    """

    table: Path
    rows: int
    columns: int
    missing: dict[str, dict[str, int]]
    computed: int
    known: int = 0


def extract(
    space: SearchSpace,
    archs: Sequence[str],
    groups: str | Sequence[str],
    out: str | Path,
    *,
    executor: Executor,
    settings: FeatureSettings | Mapping[str, Any] | None = None,
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
        As `FeatureSettings.of` takes them.
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
        If a group, column or setting is unknown, ``out`` or its parts were made otherwise (the message names
        the setting that differs), or no network has a value; nothing is written then. What was refused before
        a part was made leaves nothing behind.
    """
    out = Path(out)
    if out.suffix not in ("", ".parquet"):
        raise TableError(f"--out {out}: expected a name without a suffix or one that ends in .parquet")
    archs = list(dict.fromkeys(archs))
    wanted = plan_parts(space, groups, settings, columns)
    stated = space.stated if isinstance(space, TableSpace) else None
    plain = Sidecar(
        space=space.name,
        hyperparameters=stated,
        code=stated_code(space),
        groups=_infos(wanted, share=share),
    )
    names, kept = list(plain.groups), column_order(space, wanted)
    parts = out.with_suffix(".parts")
    if _stands(out, parts, plain, archs):
        table = FeatureTable.read(out)
        return Extraction(out, len(archs), len(table.columns), table.missing_counts(), 0)
    with _opened_parts(parts, plain, archs):
        written, taken = _compute_parts(space, kept, plain, archs, parts, executor, share=share, reuse=reuse)
    found = sum(int(pd.read_parquet(path, columns=[KNOWN])[KNOWN].sum()) for path in written)
    pieces = row_parts(written, archs, kept, taken, partial(representative, space))
    with atomic_path(out) as table_path, atomic_path(sidecar_path(out)) as sidecar:
        status = merge_parts(pieces, kept, table_path)
        if archs and (why := _nothing(names, plain, status, len(archs))):
            shutil.rmtree(parts)
            raise ProxyrankError(f"{out}: not written, nothing could be computed: {why}")
        text = dump_json(json_safe(plain.model_copy(update={"status": status}).model_dump()))
        sidecar.write_text(text, encoding="utf-8", newline="\n")
    shutil.rmtree(parts)
    return Extraction(out, len(archs), len(kept), count_reasons(status), len(archs) - found, found)


def _compute_parts(
    space: SearchSpace,
    kept: list[str],
    plain: Sidecar,
    archs: list[str],
    parts: Path,
    executor: Executor,
    *,
    share: bool,
    reuse: bool,
) -> tuple[list[Path], dict[str, frozenset[str]]]:
    """The parts on disk, and the columns that an architecture takes from its representative."""
    names = list(plain.groups)
    portions, taken = plan_sharing(space, archs, kept) if share else ([Portion(archs, frozenset(kept))], {})
    written = []
    dear = any(get_group(name).needs_network for name in names)
    known = (reuse or not dear) and not share  # graph features are the same on every machine
    for i, portion in enumerate(portions):
        own = [column for column in kept if column in portion.columns]
        where = source_of(space)
        rows = partial(extract_rows, space=where, groups=plain.groups, columns=own, reuse=known)
        written += run_sharded(
            portion.archs,
            rows,
            parts / str(i),
            executor=executor,
            shard_size=DEAR_SHARD if dear else min(get_group(name).shard_size for name in names),
            what=f"features {'+'.join(names)}",
        )
    return written, taken


def extract_rows(
    archs: Sequence[str],
    *,
    space: str | SearchSpace,
    groups: Mapping[str, GroupInfo],
    columns: Sequence[str],
    reuse: bool,
) -> pd.DataFrame:
    """Rows of one part of the table, as `run_sharded` wants them (`Rows.to_frame`)."""
    where = get_space(space)
    parts = [replace(part, shared=False) for part in stated_parts(where, groups, columns)]
    known = find_known(where, archs, parts, cache=reuse)
    held = ~np.any([own.lacking() for own in known], axis=0)
    rows = compute_parts(where, archs, parts, known=known, cache=reuse).rows.columns(columns)
    return Rows(rows.values.assign(**{KNOWN: held.astype(np.float64)}), rows.reasons).to_frame()


def _nothing(names: Sequence[str], plain: Sidecar, status: Reasons, rows: int) -> str | None:
    """A reason, where no network has a value in any column that needs one."""
    dear = [c for name in names if get_group(name).needs_network for c in plain.groups[name].columns]
    gaps = [status.get(column, {}) for column in dear]
    if not gaps or any(len(of_column) < rows for of_column in gaps):
        return None
    return next(iter(gaps[0].values()))


def _infos(parts: Sequence[Part], *, share: bool) -> dict[str, GroupInfo]:
    """What the sidecar says: of network groups too whether equal networks share values."""
    infos = group_infos(parts)
    for name, info in infos.items():
        for family in info.families:
            family.shared = share and get_group(name).needs_network
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
    found = read_table(out, "--out")["arch"].tolist()
    if found != archs:
        raise TableError(
            f"{out} holds {len(found)} architectures, not the {len(archs)} asked for in their order; choose "
            "another --out"
        )
    return True

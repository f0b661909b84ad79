"""Long computations over architectures: in parts on disk, resumable, wherever they run.

A part is a parquet file with the rows of a few architectures, written whole and renamed. A killed run loses
at most the parts in flight; which rows a part holds depends on the list of architectures only.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from proxyrank.common.digests import short_digest
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path
from proxyrank.common.progress import track

ComputeShard = Callable[[Sequence[str]], pd.DataFrame]
"""Rows (one an architecture, column ``arch``) of some architectures; must be picklable."""


ASIDE = ".damaged"
"""Ending that a file gets which cannot be read."""

_log = logging.getLogger(__name__)


def read_parts(folder: str | Path) -> pd.DataFrame:
    """Rows of all parts in the folder, damaged ones set aside; an empty frame where there are none."""
    parts = [pd.read_parquet(path) for path in sorted(Path(folder).glob("part-*.parquet")) if is_sound(path)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"arch": []})


def is_sound(path: Path) -> bool:
    """Whether a part is there, whole; a damaged one is renamed to ``NAME.damaged``, so that it is made again.

    Every page is read and, where it has a checksum (as those of `run_sharded`), checked.
    """
    if not path.exists():
        return False
    try:
        pq.read_table(path, page_checksum_verification=True)
    except Exception as error:  # pyarrow's errors for damaged files have no common class
        set_aside(path, error)
        return False
    return True


def set_aside(path: Path, error: Exception) -> None:
    """Rename a damaged file to ``NAME.damaged``, and warn of it; ``error`` is why it cannot be read."""
    aside = path.with_name(path.name + ASIDE)
    path.replace(aside)
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    _log.warning("%s: damaged (%s); moved to %s and made again", path, reason, aside.name)


def run_sharded(
    archs: Sequence[str],
    compute: ComputeShard,
    folder: str | Path,
    *,
    executor: Executor,
    shard_size: int,
    what: str,
) -> list[Path]:
    """Parts with the rows of all ``archs``, in that order; those already in the folder are not done again.

    A damaged part is set aside and made again (`is_sound`).

    Parameters
    ----------
    archs
        Different architectures.
    compute
        Called with at most ``shard_size`` of them at a time.
    folder
        Where the parts lie; made if absent.
    executor
        Where `compute` runs.
    shard_size
        Architectures a part: what a kill can cost, a worker.
    what
        Text of the progress bar.

    Returns
    -------
    list of Path
        The parts, in the order of ``archs``. Only one of them is in memory at a time.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shards = [list(archs[i : i + shard_size]) for i in range(0, len(archs), shard_size)]
    digests = [short_digest("\n".join(shard)) for shard in shards]
    paths = [folder / f"part-{name}.parquet" for name in digests]
    todo = [i for i, path in enumerate(paths) if not is_sound(path)]
    done = len(archs) - sum(len(shards[i]) for i in todo)
    finished = executor(compute, [shards[i] for i in todo]) if todo else iter(())
    for at, rows in track(
        finished, total=len(archs), what=what, done=done, size=lambda result: len(result[1])
    ):
        with atomic_path(paths[todo[at]]) as path:
            rows.to_parquet(path, index=False, write_page_checksum=True)
    return paths

"""Long computations over architectures: in parts on disk, resumable, wherever they run.

A part is a parquet file with the rows of a few architectures, written whole and renamed. A killed run loses
at most the parts in flight; which rows a part holds depends on the list of architectures only.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.digests import short_digest
from proxyrank.common.executors import Executor
from proxyrank.common.files import atomic_path
from proxyrank.common.progress import track

Compute = Callable[[Sequence[str]], pd.DataFrame]
"""Rows (one an architecture, column ``arch``) of some architectures; must be picklable."""


def read_parts(folder: str | Path) -> pd.DataFrame:
    """Rows of all parts in the folder; an empty frame where there are none."""
    parts = [pd.read_parquet(path) for path in sorted(Path(folder).glob("part-*.parquet"))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"arch": []})


def run_sharded(
    archs: Sequence[str],
    compute: Compute,
    folder: str | Path,
    *,
    executor: Executor,
    shard_size: int,
    what: str,
) -> list[Path]:
    """Parts with the rows of all ``archs``, in that order; those already in the folder are not done again.

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
    todo = [i for i, path in enumerate(paths) if not path.exists()]
    done = len(archs) - sum(len(shards[i]) for i in todo)
    finished = executor(compute, [shards[i] for i in todo]) if todo else iter(())
    for at, rows in track(
        finished, total=len(archs), what=what, done=done, size=lambda result: len(result[1])
    ):
        with atomic_path(paths[todo[at]]) as path:
            rows.to_parquet(path, index=False)
    return paths

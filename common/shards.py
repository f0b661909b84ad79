"""Long computations over architectures: in parts on disk, resumable, on several processes.

A part is a parquet file with the rows of a few architectures, written whole and renamed. A killed run loses
at most the parts in flight; the rows never depend on how they were cut, on the order or on the workers.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import pandas as pd

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
    workers: int,
    shard_size: int,
    what: str,
) -> pd.DataFrame:
    """Rows of all ``archs``, those already in the folder's parts read back, the others computed.

    Parameters
    ----------
    archs
        Different architectures.
    compute
        Called with at most ``shard_size`` of them at a time, in a process that has one thread.
    folder
        Where the parts lie; made if absent.
    workers
        Processes; they are spawned, so libraries with threads of their own are safe.
    shard_size
        Architectures a part: what a kill can cost, a worker.
    what
        Text of the progress bar.

    Returns
    -------
    DataFrame
        One row an architecture, sorted by ``arch``.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = set(read_parts(folder)["arch"])
    todo = [arch for arch in archs if arch not in done]
    shards = [todo[i : i + shard_size] for i in range(0, len(todo), shard_size)]
    finished = _in_processes(shards, compute, folder, workers) if shards else iter(())
    for _ in track(finished, total=len(shards), what=what):
        pass
    rows = read_parts(folder).drop_duplicates("arch")
    return rows[rows["arch"].isin(set(archs))].sort_values("arch", ignore_index=True)


def _in_processes(shards: list[list[str]], compute: Compute, folder: Path, workers: int) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_one_thread) as pool:
        futures = [pool.submit(_write_part, shard, compute, folder) for shard in shards]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one_thread() -> None:
    """Limit every library that a worker loads to one thread; runs before they are imported."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"


def _write_part(shard: list[str], compute: Compute, folder: Path) -> None:
    rows = compute(shard)
    name = hashlib.sha256("\n".join(shard).encode()).hexdigest()[:16]
    with atomic_path(folder / f"part-{name}.parquet") as path:
        rows.to_parquet(path, index=False)

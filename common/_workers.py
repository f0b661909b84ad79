"""What executors share: how many tasks run ahead, and what a worker process does first."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.queues import Queue
from typing import Protocol, TypeVar

from proxyrank.common.heap import keep_freed_memory
from proxyrank.common.progress import silence

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

A = TypeVar("A")
R = TypeVar("R")

AHEAD = 2
"""Shards in flight for each worker, so that none waits and results do not pile up."""


class Executor(Protocol):
    """Runs a picklable function on many arguments."""

    def __call__(self, function: Callable[[A], R], arguments: Sequence[A]) -> Iterator[tuple[int, R]]:
        """Yield (position, result) as they finish. What the function raises, the iterator raises."""
        ...


def start_worker(devices: "Queue[str] | None") -> None:
    """Limit every library to one thread, take one GPU, end with the parent; runs before they are imported."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    if devices is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = devices.get()
    keep_freed_memory()
    silence()
    if threading.current_thread() is threading.main_thread():
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # Ctrl-C is the parent's to answer; this one ends with it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot tell its workers to stop; they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

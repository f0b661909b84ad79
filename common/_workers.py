"""What a worker process does first: its threads, its device, its end."""

import multiprocessing
import os
import threading
from multiprocessing.queues import Queue

from proxyrank.common.progress import silence

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def start_worker(devices: "Queue[str] | None") -> None:
    """Limit every library to one thread, take one GPU, end with the parent; runs before they are imported."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    if devices is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = devices.get()
    silence()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot tell its workers to stop; they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

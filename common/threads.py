"""One place that says how many threads there are, so that two libraries never oversubscribe the machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def available_threads() -> int:
    """CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def resolve_threads(threads: int | None) -> int:
    """The given number of threads, or all available ones for None; at least 1."""
    return available_threads() if threads is None else max(1, threads)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread inside the block, so that sums do not depend on the machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""One place that says how many threads there are, so that two libraries never oversubscribe the machine."""

import os


def available_threads() -> int:
    """CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def resolve_threads(threads: int | None) -> int:
    """The given number of threads, or all available ones for None; at least 1."""
    return available_threads() if threads is None else max(1, threads)

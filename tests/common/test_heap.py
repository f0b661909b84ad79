"""Memory that is freed and wanted again: counted in page faults, in a process of its own."""

import ctypes
import platform

import pytest

from proxyrank.common.executors import on_processes
from proxyrank.common.heap import keep_freed_memory

ARRAYS, PAGES = 20, 256


def faults(rounds: int) -> int:
    """Page faults of rounds of arrays of a megabyte, each written to, that are freed after the round."""
    import resource

    import numpy as np

    def fill() -> None:
        _ = [np.ones(2**17) for _ in range(ARRAYS)]

    fill()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        fill()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is another")
def test_workers_keep_the_memory_that_is_freed():
    ((_, found),) = on_processes(1)(faults, [10])
    assert found < ARRAYS * PAGES  # one round's; ten rounds' where the heap shrinks in between


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("musl", "1.2"))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: pytest.fail("looked into the C library"))
    assert not keep_freed_memory()

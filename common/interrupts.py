"""Ctrl-C is answered at once by one line, and what does not end by itself soon is ended.

Python answers a signal between two instructions of the main thread, which a fit in C holds up for long. A
thread that reads the signals' own pipe is not held up.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CODE = 130
"""Exit code of a command that was interrupted."""
LINE = "interrupted: what was finished is kept, nothing is half-written"
PATIENCE = 2.0
"""Seconds in which an interrupted command may end by itself ..."""
LONG = 20.0
"""... and one that brings what it is at to an end first."""

_patience = PATIENCE
_answered = threading.Event()


@contextmanager
def answering_interrupts() -> Iterator[None]:
    """Answer interrupts while the block runs; only in the main thread, and where the system has pipes."""
    _answered.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reading,), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writing)  # the watcher reads the end and stops
        watcher.join(1.0)


def answered() -> bool:
    """Whether an interrupt came in and was answered."""
    return _answered.is_set()


@contextmanager
def patiently() -> Iterator[None]:
    """Inside, an interrupt lets what is at work come to an end."""
    global _patience
    before, _patience = _patience, LONG
    try:
        yield
    finally:
        _patience = before


def say() -> None:
    """Print the one line, once."""
    if not _answered.is_set():
        _answered.set()
        print(f"proxyrank: {LINE}", file=sys.stderr, flush=True)


def _watch(reading: int) -> None:
    with open(reading, "rb", buffering=0) as pipe:
        while read := pipe.read(1):
            if read[0] == signal.SIGINT:
                say()
                timer = threading.Timer(_patience, _end)
                timer.daemon = True
                timer.start()


def _end() -> None:
    with suppress(Exception):
        sys.stdout.flush()
    os._exit(CODE)

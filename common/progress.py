"""Progress with rate and time left: a bar on a terminal, a line a minute to the logger elsewhere."""

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from proxyrank.common.pace import Pace

if TYPE_CHECKING:
    from rich.progress import Task
    from rich.text import Text

T = TypeVar("T")

EVERY = 60.0
"""Seconds between two lines where there is no terminal."""

_log = logging.getLogger(__name__)

_quiet = False
_shown = False


def silence() -> None:
    """Show no progress from now on: for worker processes, whose parent shows it."""
    global _quiet
    _quiet = True


def track(
    items: Iterable[T],
    *,
    total: int,
    what: str,
    done: int = 0,
    size: Callable[[T], int] = lambda item: 1,
    note: Callable[[T], str] | None = None,
) -> Iterator[T]:
    """Pass ``items`` on while a bar shows how many of ``total`` are done, the rate and the time left.

    Inside another one it shows nothing.

    Parameters
    ----------
    items
        What is still to do.
    total
        Size of everything, what was done before included.
    what
        Text in front of the bar.
    done
        Size of what an earlier run finished.
    size
        Size of an item that has been passed on; 1 each if not given.
    note
        Text behind ``what`` once an item has been passed on, such as the best so far.
    """
    global _shown
    if _quiet or _shown:
        yield from items
        return
    _shown = True
    pace = Pace(total, done)
    try:
        with _bar(pace, what) if sys.stderr.isatty() else _lines(pace, what) as show:
            for item in items:
                yield item
                pace.add(size(item))
                show(f"{what} {note(item)}" if note else what)
    finally:
        _shown = False


@contextmanager
def _lines(pace: Pace, what: str) -> Iterator[Callable[[str], None]]:
    """A line each `EVERY` seconds, whether or not anything was finished meanwhile."""
    ended, now = threading.Event(), [what]

    def write() -> None:
        while not ended.wait(EVERY):
            _log.info("%s", pace.line(now[0]))

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield lambda text: now.__setitem__(0, text)
    finally:
        ended.set()
        thread.join(1.0)


@contextmanager
def _bar(pace: Pace, what: str) -> Iterator[Callable[[str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text

    class Told(ProgressColumn):
        """A text that the pace knows."""

        def __init__(self, tell: Callable[[], str]) -> None:
            super().__init__()
            self._tell = tell

        def render(self, task: "Task") -> "Text":
            return Text(self._tell())

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(
        *columns, Told(pace.rate), Told(pace.left), console=Console(stderr=True), transient=True
    )
    with progress:
        task = progress.add_task(what, total=pace.total, completed=pace.done)
        yield lambda text: progress.update(task, completed=pace.done, description=text)

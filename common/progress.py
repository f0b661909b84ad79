"""Progress with rate and time left, on the standard error, silent when that is not a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, Task
    from rich.text import Text

T = TypeVar("T")

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
    if _quiet or _shown or not sys.stderr.isatty():
        yield from items
        return
    _shown = True
    try:
        with _progress() as progress:
            task = progress.add_task(what, total=total, completed=done)
            for item in items:
                yield item
                text = f"{what} {note(item)}" if note else what
                progress.update(task, advance=size(item), description=text)
    finally:
        _shown = False


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Finished a second (an hour where that is less than one)."""

        def render(self, task: "Task") -> "Text":
            speed = task.finished_speed or task.speed
            if not speed:
                return Text("")
            return Text(f"{speed:.1f}/s" if speed >= 1 else f"{3600 * speed:.0f}/h")

    what = TextColumn("{task.description}")
    columns = (what, BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)

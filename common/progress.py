"""Progress with rate and time left, on the standard error, silent when that is not a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def track(items: Iterable[T], *, total: int, what: str, done: int = 0) -> Iterator[T]:
    """Pass ``items`` on while a progress bar shows how many of ``total`` are done and how long is left.

    Parameters
    ----------
    items
        What is still to do.
    total
        Number of items in all, those done before included.
    what
        Text in front of the bar.
    done
        Items finished by an earlier run.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        for item in items:
            yield item
            progress.advance(task)

"""``-v``, ``-q`` and ``--debug``: what the standard logger prints on the standard error."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from proxyrank.common import progress

WORDS = {
    "--debug": logging.DEBUG,
    "-v": logging.INFO,
    "--verbose": logging.INFO,
    "-q": logging.ERROR,
    "--quiet": logging.ERROR,
}
"""Words that may stand anywhere among those of a command, and the level that each sets."""
HELP = "Anywhere: -v says more, -q only what went wrong, --debug shows tracebacks of bad input."


def taken(words: Sequence[str]) -> tuple[list[str], int]:
    """The words without those of `WORDS` (what follows ``--`` stays), and the level; the last one counts."""
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    levels = [WORDS[word] for word in words[:end] if word in WORDS]
    kept = [word for word in words[:end] if word not in WORDS] + words[end:]
    return kept, levels[-1] if levels else logging.WARNING


@contextmanager
def logging_to_stderr(level: int) -> Iterator[None]:
    """Print what proxyrank logs from a level on, and how far what takes long is unless only errors count."""
    ours, handler = logging.getLogger("proxyrank"), _Handler()
    timed = logging.getLogger(progress.__name__)
    if level == logging.DEBUG:
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    before = ours.level, timed.level
    ours.addHandler(handler)
    ours.setLevel(level)
    timed.setLevel(logging.ERROR if level == logging.ERROR else min(level, logging.INFO))
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(before[0])
        timed.setLevel(before[1])


class _Handler(logging.Handler):
    """Writes to whatever the standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)

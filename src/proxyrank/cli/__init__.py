"""The command line: it parses, calls and prints; what it prints about is computed in the other packages."""

import io
import logging
import os
import sys

from proxyrank.common.errors import ProxyrankError

_log = logging.getLogger(__name__)


def main() -> None:
    """Run ``proxyrank``: exit code 0 for success, 2 for bad input (one line says what), 1 for a defect.

    ``-v``, ``-q`` and ``--debug`` may stand anywhere among the words; with the last one tracebacks of bad
    input and of networks that fail are shown too. A disk that is full, a file that may not be read and the
    like count as bad input. An interrupt is answered by one line, its exit code is 130.
    """
    from proxyrank.cli import verbosity
    from proxyrank.common.heap import keep_freed_memory
    from proxyrank.common.interrupts import CODE, answered, answering_interrupts, say

    if isinstance(sys.stdout, io.TextIOWrapper):  # an ASCII terminal must not lose the result over a sign
        sys.stdout.reconfigure(errors="backslashreplace")
    keep_freed_memory()
    sys.argv[1:], level = verbosity.taken(sys.argv[1:])
    with answering_interrupts(), verbosity.logging_to_stderr(level):
        try:
            _run()
        except SystemExit as stop:  # typer makes one of an interrupt
            if stop.code == CODE:
                signalled = answered()
                say()
                if signalled:  # what runs in other processes ends with this one; Python would wait for it
                    sys.stdout.flush()
                    os._exit(CODE)
            raise


def _run() -> None:
    from proxyrank.cli.app import app

    try:
        app()
    except ProxyrankError as error:
        _log.debug("traceback", exc_info=error)
        _fail(str(error))
    except OSError as error:
        _fail(_reason(error))


def _fail(text: str) -> None:
    print(f"proxyrank: {text}", file=sys.stderr)
    sys.exit(2)


def _reason(error: OSError) -> str:
    """What the system said, and of which file."""
    text = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {text}" if error.filename is not None else text

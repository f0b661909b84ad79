"""The command line: it parses, calls and prints; what it prints about is computed in the other packages."""

import io
import logging
import sys

from proxyrank.common.errors import ProxyrankError

DEBUG = "--debug"

_log = logging.getLogger(__name__)


def main() -> None:
    """Run ``proxyrank``: exit code 0 for success, 2 for bad input (one line says what), 1 for a defect.

    With ``--debug`` among the words, tracebacks of bad input and of networks that fail are shown too.
    A disk that is full, a file that may not be read and the like count as bad input.
    """
    from proxyrank.cli.app import app

    if isinstance(sys.stdout, io.TextIOWrapper):  # an ASCII terminal must not lose the result over a sign
        sys.stdout.reconfigure(errors="backslashreplace")
    if DEBUG in sys.argv:
        sys.argv.remove(DEBUG)
        logging.basicConfig()
        logging.getLogger("proxyrank").setLevel(logging.DEBUG)
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

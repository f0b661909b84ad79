"""Limits of time for code of other people, so that what hangs costs one network and not the run."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from types import FrameType
from typing import NoReturn

STEP = 60.0
"""Seconds that importing a file of a user, and building a network of it, may take where nothing is said."""
SCORING = 3600.0
"""Seconds that all that is computed of such a network may take where nothing is said."""
_AGAIN = 5.0


class _Alarm(BaseException):
    """No Exception: code that goes on after whatever was raised would go on after this."""


@contextmanager
def user_code(seconds: float | None, what: str) -> Iterator[None]:
    """`time_limit`, and what is printed inside goes to the standard error: it is no part of a result.

    Without a limit the code is not a user's, and nothing is done.
    """
    if seconds is None:
        yield
        return
    with redirect_stdout(sys.stderr), time_limit(seconds, what):
        yield


@contextmanager
def time_limit(seconds: float | None, what: str) -> Iterator[None]:
    """Raise TimeoutError inside where the block takes longer; ``what`` begins the message.

    The clock of a limit outside stands still meanwhile. What never comes back to Python, such as one endless
    call of a C function, is not stopped; and only the main thread can be, where the system has alarms.

    Parameters
    ----------
    seconds
        The limit; None for none.
    what
        What takes long, for the message.
    """
    outer = _left()
    if seconds is None or outer is None:
        yield
        return
    alarm = _Alarm()

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise alarm

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)  # again, for code that catches everything
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Alarm as raised:
        if raised is not alarm:
            raise
        raise TimeoutError(f"{what} took longer than {seconds:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, outer, _AGAIN)


def _left() -> float | None:
    """Seconds until an alarm that is set, 0 where none is; None where none can be."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return None
    return signal.getitimer(signal.ITIMER_REAL)[0]

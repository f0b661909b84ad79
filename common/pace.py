"""How fast work goes: rates and time left that leave out what earlier runs did."""

import time
from collections.abc import Callable


class Pace:
    """How fast work goes, by what this run has finished since it began."""

    def __init__(self, total: int, done: int = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.before, self.done = total, done, done
        self._clock, self._start = clock, clock()

    def add(self, size: int) -> None:
        """So much more is done."""
        self.done += size

    @property
    def speed(self) -> float | None:
        """Items per second; None before the first."""
        seconds = self._clock() - self._start
        return (self.done - self.before) / seconds if self.done > self.before and seconds > 0 else None

    def rate(self) -> str:
        """The speed per second, minute or hour, whichever reads as at least one."""
        speed = self.speed
        if speed is None:
            return ""
        per, name = next(
            (p, n) for p, n in ((1, "s"), (60, "min"), (3600, "h")) if speed * p >= 1 or n == "h"
        )
        return f"{speed * per:.{1 if speed * per < 10 else 0}f}/{name}"

    def left(self) -> str:
        """Time left, as hours, minutes and seconds."""
        if self.speed is None:
            return ""
        minutes, seconds = divmod(round((self.total - self.done) / self.speed), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    def line(self, what: str) -> str:
        """All of it in one line."""
        beside = ", ".join(filter(None, (self.rate(), self.left() and f"{self.left()} left")))
        return f"{what}: {self.done:,} of {self.total:,}" + (f", {beside}" if beside else "")

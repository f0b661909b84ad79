"""Numbers of a user's table that stand for a failed computation: infinities and sentinels."""

import math
from collections.abc import Mapping, Sequence

INFINITE = "infinite"
SENTINEL_REASON = "sentinel"
_SHOWN = 10

Counts = Mapping[str, Mapping[str, int]]
"""Column -> reason -> number of values that count as missing."""


def failure(value: float, sentinels: Sequence[float]) -> str | None:
    """Why a number counts as missing; None where it does not."""
    if math.isinf(value):
        return INFINITE
    return next((sentinel_reason(sentinel) for sentinel in sentinels if value == sentinel), None)


def sentinel_reason(sentinel: float) -> str:
    """What stands beside the gap that a sentinel leaves."""
    return f"{SENTINEL_REASON} {sentinel:g}"


def is_failure(reason: str) -> bool:
    """Whether the reason of a gap is an infinity or a sentinel."""
    return reason == INFINITE or reason.startswith(SENTINEL_REASON)


def failures_line(counts: Counts) -> str | None:
    """One line that counts them by column; None where there are none."""
    found = [f"{column} {n} ({reason})" for column, own in counts.items() for reason, n in own.items()]
    if not found:
        return None
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"values that count as missing: {', '.join(found[:_SHOWN])}{more}"

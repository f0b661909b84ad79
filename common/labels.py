"""Which way a label points, and on what scale it is."""

from types import MappingProxyType
from typing import Literal

from proxyrank.common.errors import unknown

Direction = Literal["max", "min"]
"""Whether larger (``max``) or smaller (``min``) labels are better."""

SIGNS = MappingProxyType({"max": 1.0, "min": -1.0})
"""Sign of each direction: a label times it is better when larger."""

LARGEST_FRACTION = 1.5
"""Labels up to this are fractions rather than percent."""


def check_direction(direction: object) -> None:
    """Raise ProxyrankError unless ``direction`` is ``max`` or ``min``."""
    if direction not in SIGNS:
        raise unknown("direction", direction, SIGNS)


def in_percent(low: float, high: float) -> bool:
    """Whether labels from ``low`` to ``high`` look like percent: within [0, 100], and some above 1.5."""
    return low >= 0 and LARGEST_FRACTION < high <= 100

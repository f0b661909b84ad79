"""What an evaluation gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Scored:
    """Values of one architecture.

    Attributes
    ----------
    values
        Column -> finite number; columns without one are left out.
    gaps
        Column -> why it has none.
    """

    values: dict[str, float]
    gaps: dict[str, str] = field(default_factory=dict)


class Evaluate(Protocol):
    """Values of some architectures in exact spelling; can be sent to another process."""

    def __call__(self, archs: Sequence[str]) -> list[Scored]:
        """One result an architecture, in their order."""
        ...

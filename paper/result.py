"""What a reproduced table holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

CLOSE = 0.02
"""Distance to the published KT within which a row counts as reproduced."""


@dataclass(frozen=True)
class Cell:
    """One metric of one row: ours and the published number.

    ``std`` is the standard deviation over seeds or, where there is one seed, the standard error over cells.
    ``n`` networks were ranked; ``of`` says of how many in the population, where that is not all (else 0).
    """

    row: str
    dataset: str
    metric: str
    ours: float | None
    std: float | None = None
    published: float | None = None
    n: int = 0
    of: int = 0
    seeds: int = 1
    note: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus published."""
        return None if self.ours is None or self.published is None else self.ours - self.published

    @property
    def verdict(self) -> str:
        """Whether the difference is inside the noise, close, or not; nothing where the cells are others."""
        if self.difference is None:
            return ""
        if self.of:
            return "on other cells"
        if self.std and abs(self.difference) <= 2.0 * self.std:
            return "inside seed noise" if self.seeds > 1 else "inside two standard errors"
        return f"within {CLOSE}" if abs(self.difference) <= CLOSE else "differs"


@dataclass
class Result:
    """A reproduced table.

    Attributes
    ----------
    name, title
        Of the table.
    cells
        Its numbers.
    notes
        Settings, populations and what is missing, a line each.
    pictures
        Files, relative to the output folder.
    """

    name: str
    title: str
    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, differences and verdicts included."""
        rows = [{**vars(cell), "difference": cell.difference, "verdict": cell.verdict} for cell in self.cells]
        return {**vars(self), "cells": rows}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Result":
        """What `to_dict` described."""
        names = set(Cell.__dataclass_fields__)
        cells = [Cell(**{k: v for k, v in row.items() if k in names}) for row in state["cells"]]
        return cls(**{**state, "cells": cells})


def finite(value: float) -> float | None:
    """The number, None for NaN and infinities."""
    return float(value) if np.isfinite(value) else None


def mean_and_std(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Mean and sample standard deviation; the latter None for one value."""
    return finite(float(np.mean(values))), float(np.std(values, ddof=1)) if len(values) > 1 else None

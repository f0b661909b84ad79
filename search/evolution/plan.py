"""What a search is, and the header that holds its folder to it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json, write_json

FORMAT = "proxyrank-search/1"


@dataclass(frozen=True)
class SearchPlan:
    """An evolution: every step changes an architecture, every batch of new ones is scored and selected from.

    With ``batch`` 1 this is the (mu + lambda) evolution of the published searches (AZ-NAS, VKDNW).

    Attributes
    ----------
    space
        Name of the search space.
    objectives
        Texts, as `make_objective` takes them.
    iterations
        Steps: changes tried, those included that break a limit or are known.
    population
        Architectures kept.
    batch
        Architectures scored before the population is selected anew; results depend on it, not on workers.
    seed
        Of all draws: those of a step depend on the seed and the number of the step alone.
    start
        Architecture that is changed until `FIRST` are known.
    changes
        Random changes per step of a member of the population; a change of the start is one.
    limits
        Column -> largest value.
    settings
        What the values of network features depend on, as stated.
    """

    space: str
    objectives: tuple[str, ...]
    iterations: int = 1000
    population: int = 1024
    batch: int = 16
    seed: int = 0
    start: str = ""
    changes: int = 2
    limits: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        least = {"iterations": 1, "population": 2, "batch": 1, "changes": 1}
        for name, number in least.items():
            if getattr(self, name) < number:
                raise ProxyrankError(f"{name} must be at least {number}, got {getattr(self, name)}")
        if not self.objectives:
            raise ProxyrankError("a search needs an objective")


FIRST = 11
"""Architectures that are known before members of the population are changed (published searches)."""


def claim(path: Path, plan: SearchPlan) -> None:
    """Write the header of a new search; refuse one of another plan. More iterations go on with the same one.

    Raises
    ------
    ProxyrankError
        Naming what differs.
    """
    stated = json.loads(json.dumps({"format": FORMAT, **asdict(plan)}))
    if path.exists():
        known = read_json(path)
        if not isinstance(known, dict) or known.get("format") != FORMAT:
            raise ProxyrankError(f"{path}: not the header of a search")
        for name, value in stated.items():
            longer = name == "iterations" and known.get(name, value) <= value
            if known.get(name) != value and not longer:
                raise ProxyrankError(
                    f"{path}: begun with {name} = {known.get(name)!r}, asked for {value!r}; "
                    "choose another --out"
                )
    write_json(stated, path)

"""What a simulation plays, and the header that holds its folder to it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.files import atomic_path, dump_json, read_json
from proxyrank.evaluate import Labels
from proxyrank.search.strategies import STRATEGIES

AT_ONCE = 16
"""Networks that a strategy chooses before it learns their labels."""


@dataclass(frozen=True)
class Simulation:
    """What is played.

    Attributes
    ----------
    strategies
        Names in `STRATEGIES`.
    checkpoints
        Numbers of trained networks at which a ranker is fitted and judged; the last is the budget.
    seeds
        One run each.
    population
        Pool, and what is judged on.
    groups, model
        Of the ranker.
    """

    strategies: tuple[str, ...] = ("random", "variance")
    checkpoints: tuple[int, ...] = (16, 32, 64, 128)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    population: str = "all"
    groups: tuple[str, ...] = ("paths", "cell", "flow")
    model: str = "ensemble"

    def __post_init__(self) -> None:
        for name in self.strategies:
            if name not in STRATEGIES:
                raise unknown("strategy", name, STRATEGIES)
        if list(self.checkpoints) != sorted(set(self.checkpoints)) or min(self.checkpoints, default=0) < 4:
            raise ProxyrankError(f"checkpoints must increase from at least 4, got {self.checkpoints}")


def halved(budget: int) -> tuple[int, ...]:
    """Checkpoints of a budget: itself, its half and so on, down to 16 networks."""
    found = [budget]
    while found[-1] // 2 >= AT_ONCE:
        found.append(found[-1] // 2)
    return tuple(reversed(found))


def run_name(run: tuple[str, int]) -> str:
    """File of a run, by strategy and seed."""
    return f"{run[0]}-{run[1]}.json"


def check_header(path: Path, plan: Simulation, labels: Labels) -> None:
    """Refuse a folder of another simulation; strategies and seeds may be added to one."""
    stated = {**asdict(plan), "label": labels.name, "labels": len(labels.values)}
    stated = json.loads(json.dumps({k: v for k, v in stated.items() if k not in ("strategies", "seeds")}))
    if path.exists():
        known = read_json(path)
        for name, value in stated.items():
            if known.get(name) != value:
                raise ProxyrankError(
                    f"{path}: simulated with {name} = {known.get(name)!r}, asked for {value!r}; "
                    "choose another --out"
                )
        return
    with atomic_path(path) as temporary:
        temporary.write_text(dump_json(stated), encoding="utf-8")

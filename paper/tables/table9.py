"""Table 9: which weights of a tensor enter the Fisher matrix, and how many."""

from pathlib import Path
from typing import Any

from proxyrank.paper.bench import Bench
from proxyrank.paper.fim import fim_cells, fim_notes
from proxyrank.paper.published import published_tables
from proxyrank.paper.result import Result

NAME = "table9"
TITLE = "vkdnw_single by position and number of the weights of a tensor"
PUBLISHED = ("table9_one_weight_per_layer", "table9_weights_per_layer")
POSITIONS: tuple[float | str, ...] = ("random", 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
COUNTS = (1, 2, 4, 8)


def make(bench: Bench, out: Path) -> Result:
    """One weight a tensor at several positions, then several weights a tensor."""
    single: dict[str, dict[str, Any]] = {
        f"position {p if p == 'random' else format(p, 'g')}": {"fisher_position": p} for p in POSITIONS
    }
    several: dict[str, dict[str, Any]] = {f"{n} a tensor": {"fisher_weights": n} for n in COUNTS}
    tables = published_tables()
    printed = {f"position {key}": value for key, value in tables[PUBLISHED[0]].items()}
    printed |= {f"{key} a tensor": value for key, value in tables[PUBLISHED[1]].items()}
    cells = list(fim_cells(bench, {**single, **several}, printed, out / "parts"))
    return Result(NAME, TITLE, cells, fim_notes(bench, cells))

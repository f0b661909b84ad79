"""Table 6: the rankings of table 1 on all cells."""

from pathlib import Path

from proxyrank.paper.bench import Bench
from proxyrank.paper.rankings import model_cells, training_free_cells
from proxyrank.paper.result import Result
from proxyrank.paper.rows import MODEL_DRIVEN, TRAINING_FREE

NAME = "table6"
TITLE = "Rankings on all cells"
POPULATION, PUBLISHED = "all", "table6_all_15625"


def make(bench: Bench, out: Path) -> Result:
    """Rows without labels, then learnt rows; those that need networks on the cells that have features."""
    cells = [
        *training_free_cells(bench, TRAINING_FREE, POPULATION, PUBLISHED),
        *model_cells(bench, MODEL_DRIVEN, POPULATION, PUBLISHED, out / "parts"),
    ]
    return Result(NAME, TITLE, cells, [f"learnt rows: {bench.train_size} networks, seeds {bench.seeds}"])

"""Table 1: fifteen rankings without labels and four learnt ones, cells without dead operations."""

from pathlib import Path

from proxyrank.paper.bench import Bench
from proxyrank.paper.rankings import model_cells, training_free_cells
from proxyrank.paper.result import Result
from proxyrank.paper.rows import MODEL_DRIVEN, TRAINING_FREE

NAME = "table1"
TITLE = "Rankings on the cells without dead operations"
POPULATION, PUBLISHED = "filtered", "table1_filtered_9445"


def make(bench: Bench, out: Path) -> Result:
    """Rows without labels, then learnt rows."""
    cells = [
        *training_free_cells(bench, TRAINING_FREE, POPULATION, PUBLISHED),
        *model_cells(bench, MODEL_DRIVEN, POPULATION, PUBLISHED, out / "parts"),
    ]
    return Result(NAME, TITLE, cells, [f"learnt rows: {bench.train_size} networks, seeds {bench.seeds}"])

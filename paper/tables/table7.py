"""Table 7: accuracy of the network that a ranking puts first (all cells)."""

from pathlib import Path

from proxyrank.paper.bench import Bench
from proxyrank.paper.rankings import model_cells, training_free_cells
from proxyrank.paper.result import Result
from proxyrank.paper.rows import MODEL_DRIVEN, TRAINING_FREE

NAME = "table7"
TITLE = "Accuracy of the network ranked first [%]"
POPULATION, PUBLISHED = "all", "table7_top1_accuracy"
ROWS = ("flops", "zico", "te_nas", "az_nas", "vkdnw_single", "vkdnw_agg")


def make(bench: Bench, out: Path) -> Result:
    """The rows that the paper prints, and our own learnt ones."""
    free = [row for row in TRAINING_FREE if row.name in ROWS]
    cells = [
        *training_free_cells(bench, free, POPULATION, PUBLISHED, ("top1",)),
        *model_cells(bench, MODEL_DRIVEN, POPULATION, PUBLISHED, out / "parts", ("top1",)),
    ]
    return Result(NAME, TITLE, cells, ["learnt rows: among the networks not trained"])

"""Tables 1, 6 and 7: rankings without labels and learnt ones, by population."""

from dataclasses import dataclass
from pathlib import Path

from proxyrank.paper.bench import Bench
from proxyrank.paper.published import METRICS
from proxyrank.paper.rankings import model_cells, training_free_cells
from proxyrank.paper.result import Result
from proxyrank.paper.rows import MODEL_DRIVEN, TRAINING_FREE


@dataclass(frozen=True)
class RankingTable:
    """A table of rankings; called with a bench and a folder, it makes its `Result`.

    Attributes
    ----------
    name, title
        Of the table.
    population
        The cells that are ranked.
    published
        Its key among the published numbers.
    training_free
        Names of the rows without labels; none takes all.
    metrics
        Its columns.
    note
        What a reader should know; ``{train_size}`` and ``{seeds}`` are those of the bench.
    """

    name: str
    title: str
    population: str
    published: str
    training_free: tuple[str, ...] = ()
    metrics: tuple[str, ...] = METRICS
    note: str = "learnt rows: {train_size} networks, seeds {seeds}"

    def __call__(self, bench: Bench, out: Path) -> Result:
        """Rows without labels, then learnt rows; those that need networks on the cells that have features."""
        free = [row for row in TRAINING_FREE if not self.training_free or row.name in self.training_free]
        cells = [
            *training_free_cells(bench, free, self.population, self.published, self.metrics),
            *model_cells(bench, MODEL_DRIVEN, self.population, self.published, out / "parts", self.metrics),
        ]
        note = self.note.format(train_size=bench.train_size, seeds=bench.seeds)
        return Result(self.name, self.title, cells, [note])


TABLES = (
    RankingTable(
        "table1", "Rankings on the cells without dead operations", "filtered", "table1_filtered_9445"
    ),
    RankingTable("table6", "Rankings on all cells", "all", "table6_all_15625"),
    RankingTable(
        "table7",
        "Accuracy of the network ranked first [%]",
        "all",
        "table7_top1_accuracy",
        training_free=("flops", "zico", "te_nas", "az_nas", "vkdnw_single", "vkdnw_agg"),
        metrics=("top1",),
        note="learnt rows: among the networks not trained",
    ),
)

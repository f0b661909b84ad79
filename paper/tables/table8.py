"""Table 8: size of the Fisher matrix."""

from pathlib import Path

from proxyrank.paper.bench import Bench
from proxyrank.paper.fim import fim_cells, fim_notes
from proxyrank.paper.published import published_tables
from proxyrank.paper.result import Result

NAME = "table8"
TITLE = "vkdnw_single by the number of parameter tensors in the Fisher matrix"
PUBLISHED = "table8_fim_dimension_ImageNet16-120"
SIZES = (8, 16, 32, 64, 128, 256)


def make(bench: Bench, out: Path) -> Result:
    """One row a size."""
    variants = {str(size): {"fisher_tensors": size} for size in SIZES}
    cells = list(fim_cells(bench, variants, published_tables()[PUBLISHED], out / "parts"))
    return Result(NAME, TITLE, cells, fim_notes(bench, cells))

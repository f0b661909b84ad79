"""What a folder is, and its report."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import ProxyRanker
from proxyrank.models.folder import CARD_FILE
from proxyrank.report.comparison import comparison_page
from proxyrank.report.ranker import Beside, ranker_page
from proxyrank.report.reproduced import OTHERS, reproduced_page
from proxyrank.report.reproduced import RECORD as REPRODUCED
from proxyrank.report.search import RECORD as SEARCH
from proxyrank.report.search import search_page
from proxyrank.report.study import study_page
from proxyrank.train.compare.folder import RECORD as COMPARISON
from proxyrank.train.study.results import BEST_FILE

PAGE = "report.html"
RANKER = CARD_FILE
"""File by which a ranker's folder is known."""

KINDS: Mapping[str, Callable[[Path, Path], Path]] = MappingProxyType(
    {
        COMPARISON: comparison_page,
        BEST_FILE: study_page,
        SEARCH: search_page,
        REPRODUCED: reproduced_page,
        **dict.fromkeys(OTHERS, reproduced_page),
    }
)
"""Other folders: the file by which each is known, and what writes its report."""


def is_ranker(folder: Path) -> bool:
    """Whether a folder is a ranker's."""
    return (folder / RANKER).is_file()


def write_report(
    folder: str | Path,
    path: str | Path | None = None,
    *,
    ranker: ProxyRanker | None = None,
    beside: Beside | None = None,
) -> Path:
    """Write the report of a folder that proxyrank wrote: one page that needs no network.

    Parameters
    ----------
    folder
        A ranker, or what `compare`, `study`, `search` or `reproduce` wrote.
    path
        The page; None writes ``report.html`` into the folder or, for a ranker, ``NAME-report.html`` beside
        it: a ranker's folder has the bytes that `save` gave it.
    ranker
        The loaded ranker, where its space or its table had to be given.
    beside
        Labels and table of a ranker's report.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ProxyrankError
        If the folder is none of these, or damaged.
    """
    folder = Path(folder)
    if is_ranker(folder):
        name = folder.resolve().name
        page = Path(path) if path else folder.resolve().parent / f"{name}-{PAGE}"
        return ranker_page(ranker or ProxyRanker.load(folder), beside or Beside(), page, name=name)
    for record, write in KINDS.items():
        if (folder / record).is_file():
            return write(folder, Path(path) if path else folder / PAGE)
    raise ProxyrankError(
        f"{folder}: expected the folder of a ranker, or what compare, study, search or reproduce wrote "
        f"({', '.join((RANKER, *KINDS))})"
    )

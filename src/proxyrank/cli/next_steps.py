"""The command that is worth running after a ranker was written, such that it works as printed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proxyrank.cli import arguments, output
from proxyrank.spaces import has
from proxyrank.spaces.table import TableSpace

if TYPE_CHECKING:
    from proxyrank.models import ProxyRanker


def print_rank_step(
    ranker: "ProxyRanker",
    out: Path,
    *,
    labels: str,
    features: str | None = None,
    builder: Sequence[str] = (),
) -> None:
    """Print how to rank with a ranker that was written to ``out``.

    It ranks what has features, for a ranker of a user's own table; else the architectures that it was not
    trained on; else, where there are none or the space cannot list them, those that have labels.
    """
    own = ("--features", features, *builder) if features and ranker.card.space == TableSpace.name else ()
    if features and not own:
        which: tuple[str, ...] = ("--archs", features, "--features", features)
    elif _leaves_some(ranker):
        which = (*own, "--unseen")
    elif Path(labels).is_dir() or labels.endswith(".pbz2"):  # an archive lists no architectures
        output.next_step("info", out)
        return
    else:
        which = (*own, "--archs", labels)
    output.next_step("rank", out, *which, "--top", 10, *arguments.space_words(ranker.search_space))


def _leaves_some(ranker: "ProxyRanker") -> bool:
    from proxyrank.evaluate.shortlist import unseen_candidates

    return has(ranker.search_space, "archs") and bool(unseen_candidates(ranker).archs)

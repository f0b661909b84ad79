"""A search on disk, read back: what suggestions may be chosen from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json
from proxyrank.search.evolution.log import read_batches
from proxyrank.search.evolution.measures import Measures
from proxyrank.search.evolution.plan import FORMAT
from proxyrank.search.evolution.run import HEADER, LOG
from proxyrank.spaces import SearchSpace, source_of

SUGGESTED = "suggested.json"
"""File of a search's folder in which its suggestions are remembered."""


@dataclass(frozen=True)
class Recalled:
    """The population that a search has left.

    Attributes
    ----------
    kept
        Architectures of the population, in order.
    admit
        Whether an architecture keeps to the limits of the search; columns of tables cannot be asked here.
    """

    kept: list[str]
    admit: Callable[[str], bool]


def recall(folder: str | Path, space: SearchSpace) -> Recalled:
    """Read the folder of a search.

    Raises
    ------
    ProxyrankError
        If it holds none, or one of another space.
    """
    header = read_json(Path(folder) / HEADER)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ProxyrankError(f"{folder}: not the folder of a search")
    if header["space"] != space.name:
        raise ProxyrankError(f"{folder}: a search of {header['space']}, not of {space.name}")
    alive: dict[int, str] = {}
    count = 0
    for batch, _, _, dropped in read_batches(Path(folder) / LOG):
        alive |= {count + i: child.arch for i, child in enumerate(batch.children)}
        count += len(batch.children)
        for number in dropped:
            del alive[number]
    measures = Measures(source_of(space), header["settings"]["dataset"])
    limits = {name: most for name, most in header["limits"].items() if name in measures.columns}
    return Recalled(list(alive.values()), lambda arch: measures.admit(arch, limits) is not None)

"""Which benchmarks searches are judged on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import read_json
from proxyrank.common.tabular import read_table
from proxyrank.evaluate import load_labels
from proxyrank.features import default_groups
from proxyrank.search.regret import Bench
from proxyrank.spaces import get_space, representative, require

FILE = Path(__file__).resolve().parents[1] / "data" / "regret.json"


@dataclass(frozen=True)
class Line:
    """One label of one benchmark.

    Attributes
    ----------
    name, title
        For the option ``--only``, and for people.
    space
        Name of the search space.
    file, label
        Table in the folder of data, and its column (higher is better).
    budget
        Networks that a search may train.
    key
        Column of published keys that the space computes too (``hash``), for tables too large to parse.
    """

    name: str
    title: str
    space: str
    file: str
    label: str
    budget: int
    key: str = ""


LINES: Mapping[str, Line] = {entry["name"]: Line(**entry) for entry in read_json(FILE)}
"""Line of each name."""


def open_bench(line: Line, folder: Path) -> Bench:
    """The benchmark; a network's label is the mean over all equal cells, each of which was trained.

    Raises
    ------
    ProxyrankError
        If its file is missing or damaged.
    """
    return _by_hash(line, folder) if line.key else _by_arch(line, folder)


def _by_arch(line: Line, folder: Path) -> Bench:
    space = get_space(line.space)
    labels = load_labels(folder / line.file, space=space, label=line.label).oriented
    keys = [representative(space, str(arch)) for arch in labels.index]
    values = labels.groupby(keys).mean()
    named = dict(zip(map(str, values.index), values.tolist(), strict=True))
    return Bench(space, named, lambda arch: representative(space, arch), str, _groups(line))


def _by_hash(line: Line, folder: Path) -> Bench:
    space = get_space(line.space)
    if line.space != "nb101":
        raise ProxyrankError(f"{line.name}: only NAS-Bench-101 has published keys")
    frame = read_table(folder / line.file, "--labels")
    values = pd.to_numeric(frame[line.label]).tolist()
    texts = dict(zip(frame["hash"], frame["matrix"] + ":" + frame["ops"], strict=True))
    key = lru_cache(1 << 18)(space.hash)  # type: ignore[attr-defined]  # of this space alone
    return Bench(
        require(space, "neighbours", "a search"),
        dict(zip(frame["hash"], values, strict=True)),
        key,
        lambda name: space.parse(texts[name]),
        _groups(line),
    )


def _groups(line: Line) -> tuple[str, ...]:
    return tuple(default_groups(get_space(line.space), few_labels=True))

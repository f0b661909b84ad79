"""Ranker folders in a comparison: they are judged as they are."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import ranker_scores
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker
from proxyrank.spaces import SearchSpace


def open_rankers(folders: Sequence[str | Path], space: SearchSpace) -> dict[str, ProxyRanker]:
    """Rankers by the name of their folder, or its path where names repeat.

    Raises
    ------
    ProxyrankError
        If a folder will not do, or its ranker is of another space.
    """
    paths = [Path(folder) for folder in folders]
    last = [path.resolve().name for path in paths]
    names = [str(path) if last.count(name) > 1 else name for path, name in zip(paths, last, strict=True)]
    rankers = {}
    for path, name in zip(paths, names, strict=True):
        rankers[name] = ProxyRanker.load(path, space=space)
        if rankers[name].card.space != space.name:
            raise ProxyrankError(f"{path}: of the space {rankers[name].card.space}, expected {space.name}")
    return rankers


def ranker_columns(
    rankers: dict[str, ProxyRanker], archs: Sequence[str], features: FeatureTable | None
) -> pd.DataFrame:
    """Scores of each ranker, a column each."""
    frame = pd.DataFrame(index=pd.Index(list(archs), name="arch"))
    for name, ranker in rankers.items():
        frame[name] = ranker_scores(ranker, list(archs), features)
    return frame

"""What in a table of labels is doubted or refused."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.common.errors import TableError
from proxyrank.common.labels import Direction
from proxyrank.spaces.data import DATASETS

_LOW = (
    "err|error|errors|error_?rate|loss|losses|perplexity|ppl|nll|cross_?entropy|mse|rmse|mae|mape|wer|cer|fid|"
    "latency|latencies|runtime|energy"
)
_OF = "train|training|val|valid|validation|dev|test|testing|eval|log"
LOWER_IS_BETTER = re.compile(rf"(?<![a-z])({_OF})?({_LOW})(?![a-z])")
"""Columns named like this hold labels of which a smaller one is better."""
_SHARED = 5
"""Fewest equal best labels that are worth a warning."""
_SEVERAL = re.compile(
    r"(data_?set|task|benchmark|corpus|domain|split|subset|partition|phase|metric|measure|epoch|budget|"
    r"fidelity|hp|device|hardware|platform|resolution)(_?name|_?id)?s?"
)
"""Columns named like this say what a label is of, or was measured on; runs and seeds are averaged."""


def shared_best(labels: pd.Series, name: str, direction: Direction | None) -> list[str]:
    """A warning where a third of the labels, and at least `_SHARED`, are the best value."""
    best = labels.min() if direction == "min" else labels.max()
    count = int((labels == best).sum())
    if count < _SHARED or 3 * count < len(labels) or count == len(labels):
        return []
    shared = f"{count} of {len(labels)} labels {name!r} are the best value, {best:g}"
    return [f"warning: {shared}: does it stand for a gap?"]


def words(name: str) -> str:
    """A column's name in lower case, camel case cut into words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def refuse_mixed(frame: pd.DataFrame, archs: Sequence[str], values: NDArray[np.float64], path: str) -> None:
    """Refuse rows of one architecture that differ in the data set and in the label: no mean of those."""
    index = pd.Index(archs)
    if index.is_unique:
        return
    spread = pd.Series(values).groupby(np.asarray(archs)).agg(np.ptp)
    if not (spread > 0).any():
        return
    for column in frame.columns:
        texts = frame[column].astype(str).str.strip()
        named = _SEVERAL.fullmatch(words(str(column))) or set(texts.unique()) <= set(DATASETS)
        if named and (texts.groupby(np.asarray(archs)).nunique() > 1).any():
            found = sorted(texts.unique())
            raise TableError(
                f"{path}: rows of one architecture differ in {column!r} ({', '.join(found[:5])}); such "
                "labels are not averaged: give a file for each"
            )

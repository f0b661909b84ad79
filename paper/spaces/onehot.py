"""The simplest learnt predictor of a space: its choices one-hot, position by position."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from proxyrank.models.parts.targets import FloatArray


def _found(pattern: str) -> Callable[[str], Mapping[object, str]]:
    compiled = re.compile(pattern)
    return lambda arch: dict(enumerate(compiled.findall(arch)))


def _nb101(arch: str) -> Mapping[object, str]:
    """Edges by their ends, operations by their vertex, the output counted from the end."""
    matrix, ops = arch.split(":")
    rows = matrix.split("/")
    last = len(rows)

    def vertex(i: int) -> int:
        return i if i < last else -1

    edges: dict[object, str] = {
        (vertex(i), vertex(j)): row[j] for i, row in enumerate(rows) for j in range(i + 1, last + 1)
    }
    return {**edges, **{i + 1: op for i, op in enumerate(ops)}}


CHOICES: Mapping[str, Callable[[str], Mapping[object, str]]] = {
    "darts": _found(r"'\w+'|(?<=', )\d"),
    "mbconv": _found(r"\d"),
    "nb-macro": _found(r"\d"),
    "nb101": _nb101,
    "nb201": _found(r"(\w+)~"),
    "tnb101-micro": _found(r"\d"),
}
"""Choices of an architecture in the exact spelling of each space, by position."""


def one_hot(space: str, archs: Sequence[str]) -> FloatArray:
    """A column for each choice at each position that occurs, shape [n, d]; 1 where it was made."""
    frame = pd.DataFrame([CHOICES[space](arch) for arch in archs], dtype=object)
    return pd.get_dummies(frame.set_axis([str(column) for column in frame], axis=1)).to_numpy(
        dtype=np.float64
    )

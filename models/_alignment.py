"""Architectures and labels as people hold them, brought into line: lists, Series, frames of one column."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import SearchSpace


def arch_list(archs: Any) -> list[Any]:
    """Architectures one by one: of an iterable, or of a table or array with one column.

    Raises
    ------
    ProxyrankError
        If one string, or something with several columns, stands in place of a list.
    """
    if isinstance(archs, (str, bytes)):
        raise ProxyrankError(f"expected a list of architectures, got the one string {archs!r}; write [...]")
    if isinstance(archs, pd.DataFrame):
        if archs.shape[1] != 1:
            raise ProxyrankError(f"expected one column of architectures, got {archs.shape[1]} columns")
        return archs.iloc[:, 0].tolist()
    if isinstance(archs, np.ndarray) and archs.ndim == 2 and archs.shape[1] == 1:
        return list(archs.ravel())
    if not isinstance(archs, Iterable):
        raise ProxyrankError(f"expected a list of architectures, got {type(archs).__name__}")
    return list(archs)


def aligned_labels(space: SearchSpace, archs: Any, own: Sequence[str], labels: Any) -> ArrayLike:
    """Labels in the order of the architectures: those of a Series by its index, others by position.

    The index of a Series may hold the architectures, in any order and any spelling, or what the index of the
    architectures (if they are a Series too) holds. A plain index of numbers beside a list is a position.

    Parameters
    ----------
    space
        Of the architectures.
    archs, own
        The architectures as they were given, and their exact spellings.
    labels
        One label per architecture.

    Raises
    ------
    ProxyrankError
        If the index of a Series holds other architectures, or does not say which label belongs to which.
    """
    if not isinstance(labels, pd.Series):
        return labels  # type: ignore[no-any-return]
    index = labels.index
    rows = archs.index if isinstance(archs, (pd.Series, pd.DataFrame)) else None
    if rows is not None and index.equals(rows):
        return labels.to_numpy()
    if rows is not None and len(index) == len(rows) and rows.is_unique and set(index) == set(rows):
        return labels.loc[rows].to_numpy()
    if not pd.api.types.is_numeric_dtype(index):
        return _by_architecture(space, own, labels)
    if rows is not None:
        raise ProxyrankError("labels and architectures are Series of different index; give both the same one")
    shuffled = set(index) == set(range(len(labels))) and not index.is_monotonic_increasing
    if shuffled:
        raise ProxyrankError(
            "labels are a Series in another order than its numbers, which may or may not be the order of the "
            "architectures; index it by architecture"
        )
    return labels.to_numpy()


def _by_architecture(space: SearchSpace, own: Sequence[str], labels: pd.Series) -> ArrayLike:
    try:
        keys = pd.Index([space.parse(key) for key in labels.index])
    except ArchitectureError as error:
        raise ProxyrankError(f"labels are a Series whose index holds no architectures: {error}") from None
    if not keys.is_unique:
        raise ProxyrankError(f"labels hold an architecture twice: {keys[keys.duplicated()][0]}")
    given = set(own)
    if strange := [key for key in keys if key not in given]:
        raise ProxyrankError(
            f"{len(strange)} of {len(keys)} labels are of other architectures than those given, first: "
            f"{strange[0]}"
        )
    if absent := [arch for arch in own if arch not in keys]:
        raise ProxyrankError(f"{len(absent)} of {len(own)} architectures have no label, first: {absent[0]}")
    return labels.set_axis(keys).loc[list(own)].to_numpy()

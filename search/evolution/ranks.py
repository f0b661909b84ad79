"""Ranks among everything seen, kept up to date by merging sorted batches: O(log n) per value asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proxyrank.models.parts.targets import FloatArray


class SeenValues:
    """All values of one ranking key, sorted.

    A key is one column, or two of which the second decides among equals of the first; NumPy sorts complex
    numbers in just that way.
    """

    def __init__(self, columns: Sequence[int], signs: Sequence[int]) -> None:
        self._columns, self._signs = tuple(columns), tuple(signs)
        self._sorted = np.empty(0, dtype=np.complex128 if len(self._columns) == 2 else np.float64)

    def _keys(self, values: FloatArray) -> NDArray[np.inexact]:
        """Sortable keys of rows [n, columns]; a row without a value of the key comes first."""
        own = values[:, list(self._columns)] * np.array(self._signs, dtype=np.float64)
        own[~np.isfinite(own).all(axis=1)] = -np.inf
        if own.shape[1] == 1:
            return own[:, 0]
        keys = np.empty(len(own), dtype=np.complex128)  # not a + 1j * b: infinities would give NaN
        keys.real, keys.imag = own[:, 0], own[:, 1]
        return keys

    def add(self, values: FloatArray) -> None:
        """Take the rows of a batch [n, columns]."""
        new = np.sort(self._keys(values))
        self._sorted = np.insert(self._sorted, np.searchsorted(self._sorted, new), new)

    def ranks(self, values: FloatArray) -> FloatArray:
        """Average rank [n] of each row among everything seen, from 1 (worst); it has been seen itself."""
        keys = self._keys(values)
        below = np.searchsorted(self._sorted, keys, side="left")
        upto = np.searchsorted(self._sorted, keys, side="right")
        ranks: FloatArray = (below + upto + 1) / 2
        return ranks

"""Blocks of rows that stay together, equal networks above all, and folds that respect them."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


def numbered(labels: Iterable[Hashable]) -> list[int]:
    """Number of each label, 0, 1, ... in the order in which they first occur."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def block_folds(blocks: Sequence[Hashable], folds: int, *, seed: int = 0) -> Iterator[tuple[Rows, Rows]]:
    """Training and test rows of each fold; the rows of one block are on one side.

    Parameters
    ----------
    blocks
        Label [n] of the block of each row.
    folds
        Number of folds; fewer where there are fewer blocks.
    seed
        Deals the blocks out.
    """
    from sklearn.model_selection import GroupKFold

    numbers = numbered(blocks)
    cutter = GroupKFold(min(folds, len(set(numbers))), shuffle=True, random_state=seed)
    yield from cutter.split(numbers, groups=numbers)

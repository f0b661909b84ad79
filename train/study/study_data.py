"""The rows that trials of a study learn from, and their folds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_seed
from proxyrank.evaluate import Labels
from proxyrank.features import FeatureTable
from proxyrank.models.estimators.columns import order_columns
from proxyrank.models.inputs.leaks import label_copies
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import equal_keys

_log = logging.getLogger(__name__)

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows that are fitted to, and rows that are judged."""
MIN_ROWS = 4
"""Fewest rows that a study learns from."""


@dataclass(frozen=True, eq=False)
class StudyData:
    """The training part, as arrays.

    Attributes
    ----------
    X
        Features, shape [n, d]; NaN is a missing value.
    y
        Labels, shape [n], finite.
    columns, groups
        Name of each column, in the ranker's order, and the feature group it belongs to; length d.
    keys
        Function key of each row: rows of one key stay in one fold; length n.
    direction
        Whether a larger label is better (``max``) or a smaller one (``min``).
    archs
        Architecture of each row.
    """

    X: FloatArray
    y: FloatArray
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    keys: tuple[str, ...]
    direction: str = "max"
    archs: tuple[str, ...] = ()

    @classmethod
    def of(cls, space: SearchSpace, labels: Labels, table: FeatureTable) -> "StudyData":
        """Arrays of the labelled architectures, all of which the table must have.

        Columns of a user's own that hold the label itself are left out, and told.
        """
        archs = list(labels.values.index)
        copies, notes = label_copies(table, archs, labels.values.to_numpy(dtype=np.float64))
        for note in notes:
            _log.warning("%s", note)
        owner = {name: group for group, info in table.sidecar.groups.items() for name in info.columns}
        columns = tuple(sorted(set(table.columns) - set(copies)))
        if not columns:
            raise ProxyrankError(f"no feature column is left: {'; '.join(notes)}")
        return cls(
            as_matrix(table.frame.loc[archs, list(columns)]),
            labels.values.to_numpy(dtype=np.float64),
            columns,
            tuple(owner[name] for name in columns),
            tuple(equal_keys(space, archs)),
            labels.direction,
            tuple(archs),
        )

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups, each once, sorted."""
        return tuple(sorted(set(self.groups)))

    def positions(self, groups: Sequence[str]) -> NDArray[np.intp]:
        """Positions of the columns of some groups, ascending."""
        return np.flatnonzero(np.isin(self.groups, list(groups)))

    def column_order(
        self, groups: Sequence[str], rows: NDArray[np.intp] | None = None, *, seed: int, threads: int = 1
    ) -> NDArray[np.intp]:
        """Positions of the groups' columns from the most to the least useful one in the rows (None: all)."""
        used, rows = self.positions(groups), np.arange(len(self.y)) if rows is None else rows
        X, y = self.X[np.ix_(rows, used)], self.y[rows]
        return used[order_columns(X, y, direction=self.direction, seed=seed, threads=threads)]


def make_folds(keys: Sequence[str], folds: int, repeats: int, seed: int) -> list[Fold]:
    """Repeated grouped folds; every repeat divides the keys anew.

    Raises
    ------
    ProxyrankError
        If there are fewer different keys than folds.
    """
    distinct = len(set(keys))
    if distinct < folds:
        raise ProxyrankError(
            f"cross-validation in {folds} folds needs at least {folds} different networks, got {distinct}"
        )
    parts: list[Fold] = []
    for repeat in range(repeats):
        state = derive_seed("study folds", seed, repeat) % 2**32
        splitter = GroupKFold(folds, shuffle=True, random_state=state)
        parts += splitter.split(np.zeros(len(keys)), groups=np.asarray(keys))
    return parts

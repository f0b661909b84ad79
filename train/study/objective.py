"""Value of a choice: mean metric over repeated folds that keep equal networks together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution
from sklearn.model_selection import GroupKFold

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.labels import SIGNS
from proxyrank.common.seeds import derive_seed
from proxyrank.evaluate import Labels, Metric, kendall_tau, label_gains, ndcg, spearman
from proxyrank.features import FeatureTable
from proxyrank.models import make_model
from proxyrank.models.inputs.matching import as_matrix
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import equal_keys
from proxyrank.train.columns import kept_columns, order_columns
from proxyrank.train.study.parameters import Choice, parameter_space
from proxyrank.train.study.plan import StudyPlan

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows that are fitted to, and rows that are judged."""

FOLD_METRICS: dict[str, Callable[[FloatArray, FloatArray, FloatArray], Metric]] = {
    "KT": lambda scores, y, gains: kendall_tau(scores, y),
    "SPR": lambda scores, y, gains: spearman(scores, y),
    "nDCG": lambda scores, y, gains: ndcg(scores, gains),
}
"""What can be maximised, of scores, oriented labels and gains; nDCG looks at the first 1000 of a fold."""


MIN_ROWS = 4


class UndefinedObjectiveError(ProxyrankError):
    """A trial has no value; the message is the reason."""


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
        """Arrays of the labelled architectures, all of which the table must have."""
        archs = list(labels.values.index)
        owner = {name: group for group, info in table.sidecar.groups.items() for name in info.columns}
        columns = tuple(sorted(table.columns))
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


@dataclass
class Objective:
    """Cross-validated metrics of a choice, fold by fold; the same folds for every choice."""

    data: StudyData
    plan: StudyPlan
    folds: list[Fold] = field(init=False)
    distributions: dict[str, BaseDistribution] = field(init=False)
    _orders: dict[tuple[int, tuple[str, ...]], NDArray[np.intp]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.plan.metrics:
            if name not in FOLD_METRICS:
                raise unknown("metric", name, FOLD_METRICS)
        if len(self.data.y) < MIN_ROWS:
            raise ProxyrankError(
                f"a study needs at least {MIN_ROWS} labelled architectures, got {len(self.data.y)}"
            )
        self.folds = make_folds(self.data.keys, *self.plan.folds_of(len(self.data.y)), self.plan.seed)
        self.distributions = parameter_space(
            self.plan.model,
            self.data.group_names,
            fixed=self.plan.params,
            rows=self.plan.fitted_rows(len(self.data.y)),
        )
        self._oriented = SIGNS[self.data.direction] * self.data.y
        self._gains, _ = label_gains(self.data.y, "min" if self.data.direction == "min" else "max")

    def __call__(self, choice: Choice) -> Iterator[list[float]]:
        """Metrics of each fold in turn, in the plan's order.

        Raises
        ------
        UndefinedObjectiveError
            If a fold cannot be fitted or a metric is undefined there.
        """
        for i in range(len(self.folds)):
            yield self._judge(choice, i)

    def _judge(self, choice: Choice, i: int) -> list[float]:
        fitted, judged = self.folds[i]
        where = f"fold {i + 1} of {len(self.folds)}"
        data = self.data
        try:
            columns = self._columns(choice, i)
            X = data.X[:, columns]
            model = make_model(
                self.plan.model,
                {
                    "direction": data.direction,
                    "random_state": self.plan.seed,
                    "n_jobs": self.plan.threads,
                    **self.plan.params,
                    **choice.params,
                },
            )
            scores = model.fit(X[fitted], data.y[fitted]).rank_score(X[judged])
        except ValueError as error:  # also scikit-learn's, of a fold with a single row
            raise UndefinedObjectiveError(f"{where} cannot be fitted: {error}") from None
        values = []
        for name in self.plan.metrics:
            metric = FOLD_METRICS[name](scores, self._oriented[judged], self._gains[judged])
            if metric.value is None:
                raise UndefinedObjectiveError(f"{name} {metric.reason} in {where}")
            values.append(metric.value)
        return values

    def _columns(self, choice: Choice, i: int) -> NDArray[np.intp]:
        if choice.columns >= 1.0:
            return self.data.positions(choice.groups)
        key = (i, choice.groups)
        if key not in self._orders:
            self._orders[key] = self.data.column_order(
                choice.groups, self.folds[i][0], seed=self.plan.seed, threads=self.plan.threads
            )
        return kept_columns(self._orders[key], choice.columns)

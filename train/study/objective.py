"""Value of a choice: mean metric over repeated folds that keep equal networks together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.labels import SIGNS
from proxyrank.evaluate import Metric, kendall_tau, label_gains, ndcg, spearman
from proxyrank.models import make_model
from proxyrank.models.estimators.columns import kept_columns
from proxyrank.models.parts.targets import FloatArray
from proxyrank.train.study.choice import Choice
from proxyrank.train.study.parameters import parameter_space
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.study_data import MIN_ROWS, Fold, StudyData, make_folds

FOLD_METRICS: dict[str, Callable[[FloatArray, FloatArray, FloatArray], Metric]] = {
    "KT": lambda scores, y, gains: kendall_tau(scores, y),
    "SPR": lambda scores, y, gains: spearman(scores, y),
    "nDCG": lambda scores, y, gains: ndcg(scores, gains),
}
"""What can be maximised, of scores, oriented labels and gains; nDCG looks at the first 1000 of a fold."""


class UndefinedObjectiveError(ProxyrankError):
    """A trial has no value; the message is the reason."""


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
            raise UndefinedObjectiveError(f"{self._name(i)} cannot be fitted: {error}") from None
        return self.metrics_of(scores, i)

    def metrics_of(self, scores: FloatArray, i: int) -> list[float]:
        """Metrics of scores of the rows that fold i judges, in the plan's order.

        Raises
        ------
        UndefinedObjectiveError
            If one is undefined.
        """
        judged, values = self.folds[i][1], []
        for name in self.plan.metrics:
            metric = FOLD_METRICS[name](scores, self._oriented[judged], self._gains[judged])
            if metric.value is None:
                raise UndefinedObjectiveError(f"{name} {metric.reason} in {self._name(i)}")
            values.append(metric.value)
        return values

    def _name(self, i: int) -> str:
        return f"fold {i + 1} of {len(self.folds)}"

    def _columns(self, choice: Choice, i: int) -> NDArray[np.intp]:
        if choice.columns >= 1.0:
            return self.data.positions(choice.groups)
        key = (i, choice.groups)
        if key not in self._orders:
            self._orders[key] = self.data.column_order(
                choice.groups, self.folds[i][0], seed=self.plan.seed, threads=self.plan.threads
            )
        return kept_columns(self._orders[key], choice.columns)

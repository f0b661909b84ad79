"""The best trials of a study together, and Gaussian processes beside them, where that pays out of fold.

Members are picked greedily, with replacement, by the metric of their mean on the study's own folds (Caruana
et al., Ensemble selection from libraries of models, ICML 2004). The best trials of a study differ by less
than its folds can tell, so that one of them alone is partly the luckiest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.estimators.committee import CommitteeRanker
from proxyrank.models.parts.targets import FloatArray
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.parameters import make_choice
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.results import StudyResult
from proxyrank.train.study.sampling import DEFAULTS
from proxyrank.train.study.study_data import StudyData
from proxyrank.train.study.worker import FOLD_VALUES

BEST_TRIALS = 3
"""Of the study that may be members, beside the defaults."""
ROUNDS = 8
LEAST_GAIN = 0.001
"""By which a committee must beat the study's choice, beside a standard error of the folds' gains."""
PROCESS: dict[str, Any] = {"engine": "numpy", "fit_rows": 600}
TARGETS = ("logit", "quantile-normal")
"""Gaussian processes that may stand beside the trials: their parameters, and the target of each."""

Member = dict[str, Any]


def with_committee(result: StudyResult, study: Study, data: StudyData, plan: StudyPlan) -> StudyResult:
    """The result of a study with a committee that beats its choice beyond chance, or as it is.

    Only studies of one metric and of LightGBM on a target have committees.

    Parameters
    ----------
    result
        What `summarise` found.
    study, data, plan
        The study.
    """
    if plan.model != "lightgbm" or len(plan.metrics) > 1:
        return result
    objective = Objective(data, plan)
    trials = {trial.number: trial for trial in study.get_trials(deepcopy=False)}
    alone = np.array([value for (value,) in trials[result.trial].user_attrs[FOLD_VALUES]])
    members = [*_of_trials(objective, trials, result.trial), *_processes(objective)]
    try:
        found = [_out_of_fold(objective, member) for member in members]
    except (ProxyrankError, ValueError):  # a model without labels, a fold of a single row
        return result
    picked = _greedy(objective, found)
    folds = _values(objective, found, picked)
    gains = folds - alone
    error = float(gains.std(ddof=1)) / len(gains) ** 0.5
    if gains.mean() <= max(error, LEAST_GAIN):
        return result
    committee = [{**members[i], "weight": picked.count(i)} for i in sorted(set(picked))]
    together = {plan.metrics[0]: float(folds.mean())}
    return result.model_copy(update={"committee": committee, "together": together})


def _of_trials(objective: Objective, trials: Mapping[int, FrozenTrial], chosen: int) -> list[Member]:
    """The choice, the defaults and the best others."""
    complete = [trial for trial in trials.values() if trial.state == TrialState.COMPLETE]
    best = sorted(complete, key=lambda trial: (-float(trial.values[0]), trial.number))[:BEST_TRIALS]
    defaults = [trial for trial in complete if DEFAULTS in trial.user_attrs]
    plan, groups = objective.plan, objective.data.group_names
    members = []
    for number in dict.fromkeys([chosen, *(trial.number for trial in (*defaults, *best))]):
        choice = make_choice(trials[number].params, plan.model, groups)
        params = {**plan.params, **choice.params}
        families = list(choice.groups)
        members.append(
            {"model": plan.model, "params": params, "families": families, "columns": choice.columns}
        )
    return members


def _processes(objective: Objective) -> list[Member]:
    """Gaussian processes on all columns."""
    families = list(objective.data.group_names)
    return [{"model": "gp", "params": {**PROCESS, "target": name}, "families": families} for name in TARGETS]


def _out_of_fold(objective: Objective, member: Member) -> list[FloatArray]:
    """Score of the judged rows of each fold by a committee of one."""
    data, plan = objective.data, objective.plan
    families = {name: data.positions([name]) for name in data.group_names}
    found = []
    for fitted, judged in objective.folds:
        alone = CommitteeRanker(
            [member], direction=data.direction, random_state=plan.seed, n_jobs=plan.threads
        )
        alone.fit(data.X[fitted], data.y[fitted], families=families)
        found.append(alone.rank_score(data.X[judged]))
    return found


def _values(objective: Objective, found: Sequence[list[FloatArray]], picked: Sequence[int]) -> FloatArray:
    """Metric of the picked members' mean on each fold."""
    means = (np.mean([found[i][fold] for i in picked], axis=0) for fold in range(len(objective.folds)))
    return np.array([objective.metrics_of(scores, fold)[0] for fold, scores in enumerate(means)])


def _greedy(objective: Objective, found: Sequence[list[FloatArray]]) -> list[int]:
    """Members that each raise the mean metric most, of which the best number is kept."""
    picked: list[int] = []
    reached: list[float] = []
    for _ in range(ROUNDS):
        means = [_values(objective, found, [*picked, i]).mean() for i in range(len(found))]
        picked.append(int(np.argmax(means)))
        reached.append(float(max(means)))
    return picked[: int(np.argmax(reached)) + 1]

"""What a study found, as a table of its trials and a file that a ranker can be trained by."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from optuna import Study
from optuna.trial import FrozenTrial, TrialState
from pydantic import BaseModel, ConfigDict, Field, field_validator

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.records import read_record, write_record
from proxyrank.common.tabular import write_table
from proxyrank.train.study.choice import Choice, todays_names
from proxyrank.train.study.parameters import make_choice
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.sampling import DEFAULTS
from proxyrank.train.study.study_data import StudyData
from proxyrank.train.study.worker import FOLD_VALUES, REASON, undefined

FORMAT = "proxyrank-study/1"
BEST_FILE = "best.json"
TRIALS_FILE = "trials.csv"
FEW_ROWS = 16
"""Rows below which trees often have nothing to split by."""


class StudyResult(BaseModel):
    """The best trial of a study and how it was found, ``best.json``.

    Attributes
    ----------
    format
        Of the file.
    study
        Name of the study.
    model, params, groups, columns
        The choice: parameters over the model's defaults, feature groups, share of their columns.
    trial
        Number of the best trial, or of the defaults where none beats them beyond chance. Of several metrics
        it is the one of the Pareto front with the largest mean.
    values, defaults
        Cross-validated metrics of that trial, and of the model's defaults on the same folds.
    front
        Trials of the Pareto front; with one metric the best trial alone.
    trials
        Number of trials by state.
    settings
        Data, folds, seed: what the values depend on.
    committee, together
        Rankers whose mean beats that trial beyond chance, as `CommitteeRanker` takes them, and its metric;
        empty where there are none.
    """

    model_config = ConfigDict(extra="forbid")

    format: str = FORMAT
    study: str
    model: str
    params: dict[str, Any]
    groups: list[str]
    columns: float
    trial: int
    values: dict[str, float]
    defaults: dict[str, float] | None
    front: list[dict[str, Any]]
    trials: dict[str, int]
    settings: dict[str, Any] = Field(default_factory=dict)
    committee: list[dict[str, Any]] = Field(default_factory=list)
    together: dict[str, float] | None = None

    @field_validator("params")
    @classmethod
    def _todays_names(cls, params: dict[str, Any]) -> dict[str, Any]:
        return todays_names(params)

    @property
    def choice(self) -> Choice:
        """What to fit."""
        return Choice(self.params, tuple(self.groups), self.columns, tuple(self.committee))

    @property
    def taken(self) -> str:
        """What `train --study` takes of it, in words."""
        if not self.committee:
            return f"train --study takes {self.model} with the parameters and groups of trial {self.trial}"
        members = ", ".join(f"{member['weight']} x {member['model']}" for member in self.committee)
        return (
            f"train --study takes the committee ({members}); with --model {self.model} it takes "
            f"trial {self.trial} alone"
        )


def summarise(
    study: Study, data: StudyData, plan: StudyPlan, settings: dict[str, Any] | None = None
) -> StudyResult:
    """Find the best trial; of equal ones the first.

    With one metric the defaults stand unless a trial beats them by more than a standard error of the folds'
    differences (the rule of Breiman et al., Classification and Regression Trees, 1984, section 3.4.3): the
    best of many trials is partly the luckiest.

    Raises
    ------
    ProxyrankError
        If no trial has a value; the message gives the first reason.
    """
    trials = study.get_trials(deepcopy=False)
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if not complete:
        raise ProxyrankError(_no_value(study, plan, len(data.y)))
    front = [trials[trial.number] for trial in study.best_trials] if len(plan.metrics) > 1 else complete
    best = max(front, key=lambda trial: (_mean(trial), -trial.number))
    defaults = [trial for trial in complete if DEFAULTS in trial.user_attrs]
    if len(plan.metrics) == 1 and defaults and not _beyond_chance(best, defaults[0]):
        best = defaults[0]
    choice = make_choice(best.params, plan.model, data.group_names)
    folds, repeats = plan.folds_of(len(data.y))
    counted = {state.name.lower(): sum(t.state == state for t in trials) for state in TrialState}
    shown = sorted(front, key=lambda trial: trial.number) if len(plan.metrics) > 1 else [best]
    return StudyResult(
        study=study.study_name,
        model=plan.model,
        params=dict(choice.params),
        groups=list(choice.groups),
        columns=choice.columns,
        trial=best.number,
        values=_values(best, plan),
        defaults=_values(defaults[0], plan) if defaults else None,
        front=[{"trial": trial.number, **_values(trial, plan)} for trial in shown],
        trials=counted,
        settings={
            **(settings or {}),
            "n_train": len(data.y),
            "n_columns": len(data.columns),
            "folds": folds,
            "repeats": repeats,
            "seed": plan.seed,
            "sampler": plan.sampler,
            "pruner": plan.pruner,
        },
    )


def trials_table(study: Study, plan: StudyPlan) -> pd.DataFrame:
    """One row a trial: number, state, mean metrics over the judged folds, seconds, parameters, reason.

    Reasons are those of failed trials. A pruned trial has fewer folds; its mean is not comparable.
    """
    rows = []
    for trial in study.get_trials(deepcopy=False):
        judged = trial.user_attrs.get(FOLD_VALUES, [])
        means = [sum(column) / len(judged) for column in zip(*judged, strict=True)]
        seconds = trial.duration.total_seconds() if trial.duration else None
        rows.append(
            {
                "number": trial.number,
                "state": trial.state.name.lower(),
                **dict(zip(plan.metrics, means or [None] * len(plan.metrics), strict=True)),
                "folds": len(judged),
                "seconds": seconds,
                **trial.params,
                REASON: trial.user_attrs.get(REASON),
            }
        )
    frame = pd.DataFrame(rows)
    return frame[[*frame.columns.drop(REASON), REASON]]


def write_result(result: StudyResult, study: Study, plan: StudyPlan, folder: str | Path) -> None:
    """Write ``best.json`` and ``trials.csv`` into an existing folder."""
    write_table(trials_table(study, plan), Path(folder) / TRIALS_FILE)
    write_record(result, Path(folder) / BEST_FILE)


def read_result(folder: str | Path) -> StudyResult:
    """Read ``best.json`` of a study's folder.

    Raises
    ------
    ProxyrankError
        If it is missing (the study was not brought to its end), damaged, or of another format.
    """
    path = Path(folder) / BEST_FILE
    if not path.is_file():
        raise ProxyrankError(
            f"{folder}: no {BEST_FILE} there; proxyrank study --out {folder} writes it when it ends"
        )
    return read_record(path, StudyResult, format=FORMAT)


def _beyond_chance(trial: FrozenTrial, defaults: FrozenTrial) -> bool:
    """Whether a trial's gain over the defaults exceeds the standard error of the folds' paired gains."""
    folds = zip(trial.user_attrs[FOLD_VALUES], defaults.user_attrs[FOLD_VALUES], strict=True)
    gains = np.array([own - other for (own,), (other,) in folds])
    error = float(gains.std(ddof=1)) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
    return float(gains.mean()) > error


def _mean(trial: FrozenTrial) -> float:
    return float(sum(trial.values)) / len(trial.values)


def _values(trial: FrozenTrial, plan: StudyPlan) -> dict[str, float]:
    return dict(zip(plan.metrics, trial.values, strict=True))


def _no_value(study: Study, plan: StudyPlan, rows: int) -> str:
    failed = undefined(study)
    if not failed:
        return f"the study {study.study_name!r} has no complete trial yet"
    fitted = plan.fitted_rows(rows)
    few = f" Folds are fitted to {fitted} of {rows} rows: give more labels." if fitted < FEW_ROWS else ""
    return (
        f"all {len(failed)} trials of the study {study.study_name!r} failed, nothing is written; trial "
        f"{failed[0].number}: {failed[0].user_attrs[REASON]}.{few}"
    )

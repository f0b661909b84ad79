"""One process at work on a study: claim a trial, judge it fold by fold, until all trials are there.

The total is kept by tickets. A trial's number is its ticket; the storage gives every number once. Whoever
holds a number goes to work only if fewer than N trials with a smaller number are finished, running or
waiting; otherwise the trial is withdrawn (it fails, with a note). Trials with smaller numbers exist already
and can only leave that set, so at most N ever finish, without a lock. A process that finds all N claimed
waits for them: a trial whose process dies fails by its heartbeat, and its place is free again.
"""

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import optuna
from optuna import Study, Trial
from optuna.exceptions import ExperimentalWarning, TrialPruned, UpdateFinishedTrialError
from optuna.storages._heartbeat import BaseHeartbeat, is_heartbeat_enabled
from optuna.trial import FrozenTrial, TrialState

from proxyrank.train.study.objective import Objective, UndefinedObjectiveError
from proxyrank.train.study.parameters import draw, make_choice
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.sampling import DEFAULTS, origin

_log = logging.getLogger(__name__)

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
REASON = "reason"
"""User attribute of a trial that failed because its value is undefined."""
WITHDRAWN = "withdrawn"
"""User attribute of a trial that another process made superfluous."""
FOLD_VALUES = "folds"
"""User attribute: metrics of each fold judged so far."""
_BEGUN = "begun"
_POLL = 0.3


class _WithdrawnError(Exception):
    """Another process has claimed the last place."""


class Worker:
    """Runs trials until ``plan.trials`` of the study are finished.

    Parameters
    ----------
    study
        Made by `open_study`.
    objective
        Of the same data and plan.
    stop
        Asked between folds; once it says yes, `run` raises KeyboardInterrupt. The trial at work fails and its
        parameters are put first in the queue.
    grace
        Seconds after which a trial without any sign of life from its process counts as dead.
    """

    def __init__(
        self,
        study: Study,
        objective: Objective,
        *,
        stop: Callable[[], bool] = lambda: False,
        grace: float = 30.0,
    ) -> None:
        self.study = study
        self.objective = objective
        self.plan: StudyPlan = objective.plan
        self.stop = stop
        self.grace = grace
        self._unbegun: dict[int, float] = {}

    def run(self) -> Iterator[int]:
        """Work, yielding the number of finished trials of the study whenever a trial has ended.

        Raises
        ------
        KeyboardInterrupt
            If `stop` said so.
        """
        while not self._done():
            if self._claimed() < self.plan.trials:
                self._one_trial()
            else:
                self._wait()
            yield finished(self.study)

    def _done(self) -> bool:
        return finished(self.study) >= self.plan.trials or len(undefined(self.study)) >= self.plan.trials

    def _trials(self) -> list[FrozenTrial]:
        return self.study.get_trials(deepcopy=False)

    def _claimed(self) -> int:
        return sum(trial.state in (*FINISHED, TrialState.RUNNING) for trial in self._trials())

    def _one_trial(self) -> None:
        try:
            self.study.optimize(self._evaluate, n_trials=1, catch=(UndefinedObjectiveError, _WithdrawnError))
        except (UpdateFinishedTrialError, ValueError) as error:
            # others took this process for dead (it was suspended, say) and its trial is being tried again
            if not isinstance(error, UpdateFinishedTrialError) and "Cannot tell" not in str(error):
                raise
            _log.warning("a trial was given up: no sign of life from this process for too long")

    def _wait(self) -> None:
        if self.stop():
            raise KeyboardInterrupt
        time.sleep(_POLL)
        with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
            optuna.storages.fail_stale_trials(self.study)
        self._fail_unbegun()

    def _fail_unbegun(self) -> None:
        """Fail trials whose process died before its first heartbeat, which no heartbeat can tell."""
        now = time.monotonic()
        unbegun = {
            trial.number
            for trial in self._trials()
            if trial.state == TrialState.RUNNING and _BEGUN not in trial.user_attrs
        }
        self._unbegun = {number: self._unbegun.get(number, now) for number in unbegun}
        for number, since in self._unbegun.items():
            if now - since > self.grace:
                self.study.tell(number, state=TrialState.FAIL, skip_if_finished=True)

    def _evaluate(self, trial: Trial) -> float | tuple[float, ...]:
        if self._place(trial.number) >= self.plan.trials:
            trial.set_user_attr(WITHDRAWN, True)
            raise _WithdrawnError
        self._first_beat(trial)
        trial.set_user_attr(_BEGUN, True)
        if origin(self._trials()[trial.number]) == 0:
            trial.set_user_attr(DEFAULTS, True)
        parameters = draw(trial, self.objective.space)
        try:
            return self._cross_validate(trial)
        except UndefinedObjectiveError as error:
            trial.set_user_attr(REASON, str(error))
            _log.warning("trial %d failed: %s; its parameters: %s", trial.number, error, parameters)
            raise
        except KeyboardInterrupt:
            self.study.enqueue_trial(trial.params, user_attrs=_kept(trial.user_attrs))
            raise

    def _first_beat(self, trial: Trial) -> None:
        """Beat before the trial is marked as begun: Optuna's own thread may be late with its first beat."""
        storage = self.study._storage
        if isinstance(storage, BaseHeartbeat) and is_heartbeat_enabled(storage):
            storage.record_heartbeat(trial._trial_id)

    def _cross_validate(self, trial: Trial) -> float | tuple[float, ...]:
        choice = make_choice(trial.params, self.plan.model, self.objective.data.group_names)
        prunable = len(self.plan.metrics) == 1 and DEFAULTS not in trial.user_attrs
        values: list[list[float]] = []
        for i, of_fold in enumerate(self.objective(choice)):
            if self.stop():
                raise KeyboardInterrupt
            values.append(of_fold)
            if len(of_fold) == 1:
                trial.report(of_fold[0], i)
                if prunable and i + 1 < len(self.objective.folds) and trial.should_prune():
                    trial.set_user_attr(FOLD_VALUES, values)
                    raise TrialPruned
        trial.set_user_attr(FOLD_VALUES, values)
        means = [sum(column) / len(values) for column in zip(*values, strict=True)]
        return means[0] if len(means) == 1 else tuple(means)

    def _place(self, number: int) -> int:
        return sum(trial.number < number and trial.state != TrialState.FAIL for trial in self._trials())


def finished(study: Study) -> int:
    """Number of trials that are complete or pruned."""
    return sum(trial.state in FINISHED for trial in study.get_trials(deepcopy=False))


def undefined(study: Study) -> list[FrozenTrial]:
    """Trials that failed because their value is undefined."""
    return [
        trial
        for trial in study.get_trials(deepcopy=False, states=(TrialState.FAIL,))
        if REASON in trial.user_attrs
    ]


def _kept(attributes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if key == DEFAULTS}

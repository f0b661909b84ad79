"""One process at work on a study: claim a trial, judge it fold by fold, until all trials are there.

The total is kept by tickets. A trial's number is its ticket; the storage gives every number once. Whoever
holds a number goes to work only if fewer than N trials with a smaller number are finished, running or
waiting; otherwise the trial is withdrawn (it fails, with a note). Trials with smaller numbers exist already
and can only leave that set, so at most N ever finish, without a lock. (Optuna's ``MaxTrialsCallback`` looks
only after a trial: every process would finish the one it is at, and the total would depend on their number.)
A process that finds all N claimed waits for them: a trial whose process dies is given up, see `alive`, and
its place is free again.
"""

import logging
import time
from collections.abc import Callable, Iterator

from optuna import Study, Trial
from optuna.exceptions import TrialPruned, UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from proxyrank.train.study.alive import Watch, signs_of_life
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
_POLL = 0.3
"""Seconds between looks while a process waits for the trials of others."""


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
    deadline
        Time (`time.time`) after which no further trial is begun once one is finished; None for none.
    heartbeat, grace
        Seconds between signs of life of this process, and without any from another one until its trial is
        given up and tried again.
    """

    def __init__(
        self,
        study: Study,
        objective: Objective,
        *,
        stop: Callable[[], bool] = lambda: False,
        deadline: float | None = None,
        heartbeat: float = 5.0,
        grace: float = 30.0,
    ) -> None:
        self.study = study
        self.objective = objective
        self.plan: StudyPlan = objective.plan
        self.stop = stop
        self.deadline = deadline
        self.heartbeat = heartbeat
        self._watch = Watch(study, grace)
        self._asked_to_stop = False
        if self.plan.callbacks:
            self._hear_stop()

    def run(self) -> Iterator[int]:
        """Work, yielding the number of finished trials of the study whenever a trial has ended.

        It ends early once the deadline has passed, or a callback of the plan has stopped the study.

        Raises
        ------
        KeyboardInterrupt
            If `stop` said so.
        """
        while not self._done():
            self._watch.look()  # from the start on: a process that died long ago is noticed while others work
            if self._claimed() < self.plan.trials:
                self._one_trial()
            else:
                self._wait()
            yield finished(self.study)
            if self._stopped():
                break

    def _done(self) -> bool:
        return finished(self.study) >= self.plan.trials or len(undefined(self.study)) >= self.plan.trials

    def _stopped(self) -> bool:
        if self.deadline is not None and time.time() >= self.deadline and finished(self.study):
            return True
        return self._asked_to_stop

    def _hear_stop(self) -> None:
        """Notice `Study.stop`, which callbacks may call: Optuna acts on it between the trials of one call."""
        leave = self.study.stop

        def stop() -> None:
            self._asked_to_stop = True
            leave()

        self.study.stop = stop  # type: ignore[method-assign]

    def _trials(self) -> list[FrozenTrial]:
        return self.study.get_trials(deepcopy=False)

    def _claimed(self) -> int:
        return sum(trial.state in (*FINISHED, TrialState.RUNNING) for trial in self._trials())

    def _one_trial(self) -> None:
        try:
            self.study.optimize(
                self._evaluate,
                n_trials=1,
                catch=(UndefinedObjectiveError, _WithdrawnError),
                callbacks=list(self.plan.callbacks),
            )
        except (UpdateFinishedTrialError, ValueError) as error:
            # others took this process for dead (it was suspended, say) and its trial is being tried again; at
            # the end of a trial Optuna says so by a bare ValueError, which has nothing but its text
            if not isinstance(error, UpdateFinishedTrialError) and "Cannot tell" not in str(error):
                raise
            _log.warning("a trial was given up: no sign of life from this process for too long")

    def _wait(self) -> None:
        if self.stop():
            raise KeyboardInterrupt
        time.sleep(_POLL)

    def _evaluate(self, trial: Trial) -> float | tuple[float, ...]:
        if self._place(trial.number) >= self.plan.trials:
            trial.set_user_attr(WITHDRAWN, True)
            raise _WithdrawnError
        with signs_of_life(trial, self.heartbeat):
            return self._judge(trial)

    def _judge(self, trial: Trial) -> float | tuple[float, ...]:
        if origin(self._trials()[trial.number]) == 0:
            trial.set_user_attr(DEFAULTS, True)
        parameters = draw(trial, self.objective.distributions)
        try:
            return self._cross_validate(trial)
        except UndefinedObjectiveError as error:
            trial.set_user_attr(REASON, str(error))
            _log.warning("trial %d failed: %s; its parameters: %s", trial.number, error, parameters)
            raise
        except KeyboardInterrupt:
            # whoever goes on begins with what was being judged; the trial that means no tuning stays marked
            marks = {DEFAULTS: True} if DEFAULTS in trial.user_attrs else {}
            self.study.enqueue_trial(trial.params, user_attrs=marks)
            raise

    def _cross_validate(self, trial: Trial) -> float | tuple[float, ...]:
        choice = make_choice(trial.params, self.plan.model, self.objective.data.group_names)
        prunable = len(self.plan.metrics) == 1 and DEFAULTS not in trial.user_attrs
        values: list[list[float]] = []
        for i, of_fold in enumerate(self.objective(choice)):
            if self.stop():
                raise KeyboardInterrupt
            values.append(of_fold)
            if len(of_fold) == 1:  # Optuna prunes trials of one objective only
                trial.report(of_fold[0], i)
                if prunable and i + 1 < len(self.objective.folds) and trial.should_prune():
                    trial.set_user_attr(FOLD_VALUES, values)
                    raise TrialPruned
        trial.set_user_attr(FOLD_VALUES, values)
        means = [sum(column) / len(values) for column in zip(*values, strict=True)]
        return means[0] if len(means) == 1 else tuple(means)

    def _place(self, number: int) -> int:
        """Trials with a smaller number that have a claim; all of them exist once this number was given."""
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

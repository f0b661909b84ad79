"""Signs of life: how the processes that share a study notice that one of them has died.

A process writes a changing value into the trial that it works on, every few seconds. The others look at the
running trials, and give one up whose value has stayed the same for a while *by their own clock*: clocks of
several machines need not agree, and a process that died before its first sign is noticed as well. Optuna has
heartbeats for databases only; these need nothing but attributes of trials, so they work in every storage.
"""

import copy
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from optuna import Study, Trial
from optuna.exceptions import ExperimentalWarning, StorageInternalError, UpdateFinishedTrialError
from optuna.storages import RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

SIGN = "alive"
"""User attribute of a trial: when its process last gave a sign of life, in seconds since 1970."""
MAX_RETRIES = 3
"""Times that the parameters of a trial whose process died are tried again."""


@contextmanager
def signs_of_life(trial: Trial, interval: float) -> Iterator[None]:
    """Write a sign of life at once and then every ``interval`` seconds, from a thread."""
    ended = threading.Event()
    # the first one here: a copy of the attributes in this thread must not see their number change
    trial.set_user_attr(SIGN, time.time())

    def go_on() -> None:
        while not ended.wait(interval):
            # the trial may have been given up meanwhile; a busy storage gets the next sign
            with suppress(UpdateFinishedTrialError, StorageInternalError):
                trial.set_user_attr(SIGN, time.time())

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Watch:
    """Gives up trials whose process shows no sign of life.

    Parameters
    ----------
    study
        The study; other processes may work on it.
    grace
        Seconds without a new sign, as seen from here, after which a trial counts as dead.
    """

    def __init__(self, study: Study, grace: float) -> None:
        self._study = study
        self._grace = grace
        self._seen: dict[int, tuple[Any, float]] = {}

    def look(self) -> None:
        """Look at the running trials; fail the dead ones and put their parameters into the queue again."""
        now = time.monotonic()
        running = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        seen: dict[int, tuple[Any, float]] = {}
        for trial in running:
            sign = trial.user_attrs.get(SIGN)
            before, since = self._seen.get(trial.number, (sign, now))
            seen[trial.number] = (sign, since if sign == before else now)
            if now - seen[trial.number][1] > self._grace:
                self._give_up(trial)
        self._seen = seen

    def _give_up(self, trial: FrozenTrial) -> None:
        try:
            self._study.tell(trial.number, state=TrialState.FAIL)
        except (UpdateFinishedTrialError, ValueError):
            return  # it has ended, or another process gave it up: only one of them may queue it again
        with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
            retry = RetryHeartbeatStaleTrialCallback(max_retry=MAX_RETRIES)
        retry(self._study, copy.deepcopy(trial))  # it appends to lists of the trial it is given

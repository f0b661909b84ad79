"""Run a study: in this process or in several, until it is complete or somebody interrupts it."""

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna import Study
from optuna.exceptions import StorageInternalError

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.interrupts import patiently
from proxyrank.common.progress import track
from proxyrank.train.study.choice import Choice
from proxyrank.train.study.committee import with_committee
from proxyrank.train.study.database import StudyStorage
from proxyrank.train.study.identity import open_study
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.results import summarise
from proxyrank.train.study.study_data import StudyData
from proxyrank.train.study.worker import Worker, finished

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Task:
    """All that a process needs; it can be sent to another one."""

    storage: StudyStorage
    name: str
    data: StudyData
    plan: StudyPlan
    about: dict[str, Any] = field(default_factory=dict)
    deadline: float | None = None

    def worker(self, stop: Callable[[], bool]) -> Worker:
        objective = Objective(self.data, self.plan)
        study = open_study(self.storage.open(), self.name, objective, self.about)
        return Worker(
            study,
            objective,
            stop=stop,
            deadline=self.deadline,
            heartbeat=self.storage.heartbeat,
            grace=self.storage.grace,
        )


def run_study(
    data: StudyData,
    plan: StudyPlan,
    storage: StudyStorage,
    *,
    name: str = "proxyrank",
    about: dict[str, Any] | None = None,
    workers: int = 1,
) -> tuple[Study, int]:
    """Bring a stored study to ``plan.trials`` finished trials; any number of processes may do so at once.

    Parameters
    ----------
    data, plan
        Of the study.
    storage, name
        Where it lies and what it is called there; it is created if absent.
    about
        Further settings that must be equal whenever the study is continued.
    workers
        Processes that work on it here, this one included; with several the trials depend on their timing.

    Returns
    -------
    Study
        The study with its trials.
    int
        How many were finished before.

    Raises
    ------
    ProxyrankError
        If the stored study is about something else, the storage cannot be reached or fails on the way, or
        there are callbacks and several workers.
    KeyboardInterrupt
        After an interrupt; finished trials are in the storage.
    """
    if plan.callbacks and workers > 1:
        raise ProxyrankError("callbacks are told the trials of one process: leave workers at 1")
    deadline = None if plan.timeout is None else time.time() + plan.timeout
    task = _Task(storage, name, data, plan, about or {}, deadline)
    try:
        with patiently(), _deferred_interrupt() as stop, _quiet():
            worker = task.worker(stop)
            before = finished(worker.study)
            with _helpers(task, workers - 1 if before < plan.trials else 0):
                for _ in _advances(worker, before):
                    pass
    except StorageInternalError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        raise ProxyrankError(
            f"the storage {storage.shown} failed: {reason}; finished trials are kept, run it again to go on"
        ) from None
    return worker.study, before


def tune(data: StudyData, plan: StudyPlan) -> Choice:
    """Best choice of a study that is kept nowhere; the same data and plan give the same choice.

    Raises
    ------
    ProxyrankError
        If no trial has a value.
    """
    with _deferred_interrupt() as stop, _quiet():
        objective = Objective(data, plan)
        study = open_study(optuna.storages.InMemoryStorage(), "tune", objective, {})
        deadline = None if plan.timeout is None else time.time() + plan.timeout
        for _ in _advances(Worker(study, objective, stop=stop, deadline=deadline), 0):
            pass
    if deadline is not None and time.time() >= deadline and (done := finished(study)) < plan.trials:
        _log.warning("time is up with %d of %d trials", done, plan.trials)
    return with_committee(summarise(study, data, plan), study, data, plan).choice


def _advances(worker: Worker, before: int) -> Iterator[int]:
    def steps() -> Iterator[int]:
        seen = before
        for count in worker.run():
            yield from range(seen, count)  # also those of other processes
            seen = max(seen, count)

    yield from track(steps(), total=worker.plan.trials, what="trials", done=before)


@contextmanager
def _helpers(task: _Task, count: int) -> Iterator[None]:
    """Spawned processes (forked ones hang in OpenMP) that work on the same study."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    processes = [context.Process(target=_help, args=(task, stop)) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    except BaseException:
        stop.set()
        raise
    finally:
        for process in processes:
            process.join()
    if failed := sum(process.exitcode != 0 for process in processes):
        raise ProxyrankError(f"{failed} of {count} further processes ended early; their reasons stand above")


def _help(task: _Task, stop: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process passes interrupts on
    parent = multiprocessing.parent_process()
    assert parent is not None

    def stopped() -> bool:
        return stop.is_set() or not parent.is_alive()

    with _quiet():
        try:
            for _ in task.worker(stopped).run():
                pass
        except KeyboardInterrupt:
            pass


@contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Turn the first interrupt into a flag, so that none hits a transaction; a second one acts at once."""
    flag = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield flag.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: Any) -> None:
        if flag.is_set():
            raise KeyboardInterrupt
        flag.set()

    signal.signal(signal.SIGINT, handle)
    try:
        yield flag.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna's own lines out: this package says what happened."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)

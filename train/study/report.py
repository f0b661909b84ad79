"""A study and what comes of it in one folder: storage, ``best.json``, ``trials.csv``, pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import require_parent
from proxyrank.train.study.committee import with_committee
from proxyrank.train.study.database import StudyStorage
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.plots import plot_study
from proxyrank.train.study.results import BEST_FILE, TRIALS_FILE, StudyResult, summarise, write_result
from proxyrank.train.study.run import run_study
from proxyrank.train.study.study_data import StudyData

DATABASE = "study.db"


@dataclass(frozen=True)
class StudyReport:
    """What `report_study` did.

    Attributes
    ----------
    result
        The best trial and the settings.
    before, finished
        Finished trials of the study before and now.
    storage
        Where the trials lie, without a password.
    files
        What was written.
    """

    result: StudyResult
    before: int
    finished: int
    storage: str
    files: tuple[Path, ...]


def report_study(
    data: StudyData,
    plan: StudyPlan,
    out: Path,
    *,
    about: Mapping[str, Any],
    facts: Mapping[str, Any],
    storage: str | None = None,
    name: str = "proxyrank",
    workers: int = 1,
) -> StudyReport:
    """Run or continue a study, and write what it found.

    Parameters
    ----------
    data, plan
        The study.
    out
        Folder of the results, made if absent; nothing is written there before the study has begun.
    about, facts
        What must be equal whenever the study is continued, and what else the result states as settings.
    storage
        As in `StudyStorage`; None is ``study.db`` in the folder.
    name, workers
        As for `run_study`.

    Raises
    ------
    ProxyrankError
        If the data do not suffice, the stored study is about something else, or all trials failed.
    KeyboardInterrupt
        After an interrupt; finished trials are in the storage.
    """
    Objective(data, plan)  # what cannot be judged is refused before a folder is made
    require_parent(out, "--out")
    if out.exists() and not out.is_dir():
        raise ProxyrankError(f"--out {out}: a file of that name exists, expected a folder")
    out.mkdir(exist_ok=True)
    stored = StudyStorage(storage or str(out / DATABASE))
    study, before = run_study(data, plan, stored, name=name, about=dict(about), workers=workers)
    result = with_committee(summarise(study, data, plan, dict(facts)), study, data, plan)
    write_result(result, study, plan, out)
    files = (out / BEST_FILE, out / TRIALS_FILE, *plot_study(study, plan, out))
    finished = result.trials["complete"] + result.trials["pruned"]
    return StudyReport(result, before, finished, stored.shown, files)

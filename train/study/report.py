"""A study and what comes of it in one folder: storage, ``best.json``, ``trials.csv``, pictures."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from proxyrank.common.digests import archs_digest, short_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population
from proxyrank.features import FeatureTable
from proxyrank.spaces import SearchSpace
from proxyrank.train.fit import FitPlan, training_features, training_part
from proxyrank.train.study.database import StudyStorage
from proxyrank.train.study.objective import Objective, StudyData
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.plots import plot_study
from proxyrank.train.study.results import BEST_FILE, TRIALS_FILE, StudyResult, summarise, write_result
from proxyrank.train.study.run import run_study

DATABASE = "study.db"


@dataclass(frozen=True)
class StudyReport:
    """What `study_in_folder` did.

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


def study_in_folder(
    space: SearchSpace,
    labels: Labels,
    fit: FitPlan,
    plan: StudyPlan,
    out: Path,
    *,
    storage: str | None = None,
    name: str = "proxyrank",
    jobs: int = 1,
    features: FeatureTable | None = None,
) -> StudyReport:
    """Run or continue a study on the training part of the labels, and write what it found.

    Parameters
    ----------
    space, labels
        As for `fit_ranker`.
    fit
        Groups that trials may use, and how the training part is chosen.
    plan
        The study; its seed, model and threads are the fit's.
    out
        Folder of the results, made if absent; nothing is written there before the study has begun.
    storage
        As in `StudyStorage`; None is ``study.db`` in the folder.
    name, jobs
        As for `run_study`.
    features
        Table to use instead of computing the groups' features.

    Raises
    ------
    ProxyrankError
        If labels or features do not suffice, the stored study is about something else, or all trials failed.
    KeyboardInterrupt
        After an interrupt; finished trials are in the storage.
    """
    plan = replace(plan, seed=fit.seed, model=fit.model or plan.model, threads=fit.threads, params=fit.params)
    chosen = training_part(space, labels, fit, features=features)
    data = StudyData.of(space, chosen, features or training_features(space, chosen, fit))
    Objective(data, plan)  # what cannot be judged is refused before a folder is made
    if not out.absolute().parent.is_dir():
        raise ProxyrankError(f"--out {out}: the folder {out.absolute().parent} does not exist")
    if out.exists() and not out.is_dir():
        raise ProxyrankError(f"--out {out}: a file of that name exists, expected a folder")
    out.mkdir(exist_ok=True)
    stored = StudyStorage(storage or str(out / DATABASE))
    known = in_population(space, labels, fit.population)
    settings = {
        "space": space.name,
        "population": fit.population,
        "split": f"{fit.split}, {len(data.y)} of {len(known.values)}",
    }
    about = {**settings, "label table": table_digest(known)}
    study, before = run_study(data, plan, stored, name=name, about=about, jobs=jobs)
    facts: dict[str, Any] = {
        **settings,
        "label": labels.name,
        "direction": labels.direction,
        "train_archs_sha256": archs_digest(data.archs),
    }
    result = summarise(study, data, plan, facts)
    write_result(result, study, plan, out)
    files = (out / BEST_FILE, out / TRIALS_FILE, *plot_study(study, plan, out))
    finished = result.trials["complete"] + result.trials["pruned"]
    return StudyReport(result, before, finished, stored.shown, files)


def table_digest(labels: Labels) -> str:
    """Short digest of all labels of a table, those outside the training part too."""
    text = "".join(f"{arch},{value!r}\n" for arch, value in labels.values.items())
    return short_digest(text)

"""Rankers whose groups, columns and parameters a study chooses, inside their training part."""

from dataclasses import replace
from pathlib import Path

from proxyrank.common.digests import archs_digest, short_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels, in_population
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker, RankerCard
from proxyrank.spaces import SearchSpace
from proxyrank.train.fit import FitPlan, fit_ranker, training_features, training_part
from proxyrank.train.remarks import fit_remarks
from proxyrank.train.study.choice import Choice
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.report import StudyReport, report_study
from proxyrank.train.study.results import read_result
from proxyrank.train.study.run import tune
from proxyrank.train.study.study_data import StudyData


def study_in_folder(
    space: SearchSpace,
    labels: Labels,
    fit: FitPlan,
    plan: StudyPlan,
    out: Path,
    *,
    storage: str | None = None,
    name: str = "proxyrank",
    workers: int = 1,
    features: FeatureTable | None = None,
) -> StudyReport:
    """Run or continue a study on the training part of the labels, and write what it found into a folder.

    Parameters
    ----------
    space, labels
        As for `fit_ranker`.
    fit
        Groups that trials may use, and how the training part is chosen.
    plan
        The study; its seed, model and threads are the fit's.
    out, storage, name, workers
        As for `report_study`.
    features
        Table to use instead of computing the groups' features.

    Raises
    ------
    ProxyrankError
        If labels or features do not suffice, the stored study is about something else, or all trials failed.
    KeyboardInterrupt
        After an interrupt; finished trials are in the storage.
    """
    plan = _of_fit(plan, fit)
    chosen = training_part(space, labels, fit, features=features)
    features = training_features(space, chosen, replace(fit, model=plan.model), features=features)
    data = StudyData.of(space, chosen, features)
    known = in_population(space, labels, fit.population)
    settings = {
        "space": space.name,
        "population": fit.population,
        "split": f"{fit.split}, {len(data.y)} of {len(known.values)}",
    }
    return report_study(
        data,
        plan,
        out,
        about={**settings, "label table": _table_digest(known)},
        facts={
            **settings,
            "label": labels.name,
            "direction": labels.direction,
            "train_archs_sha256": archs_digest(data.archs),
        },
        storage=storage,
        name=name,
        workers=workers,
    )


def fit_tuned(
    space: SearchSpace,
    labels: Labels,
    plan: FitPlan,
    trials: int,
    *,
    timeout: float | None = None,
    features: FeatureTable | None = None,
) -> ProxyRanker:
    """Train a ranker by what a study inside its training part finds; the study is kept nowhere.

    Parameters
    ----------
    space, labels, features
        As for `fit_ranker`.
    plan
        How to train; its parameters are fixed, its groups are those that the study may use.
    trials, timeout
        Of the study, as in `StudyPlan`.

    Raises
    ------
    ProxyrankError
        As `fit_ranker`, and if no trial has a value.
    """
    chosen = training_part(space, labels, plan, features=features)
    how = _of_fit(StudyPlan(trials, timeout=timeout), plan)
    table = training_features(space, chosen, replace(plan, model=how.model), features=features)
    choice = tune(StudyData.of(space, chosen, table), how)
    return fit_ranker(space, labels, _chosen(plan, choice, how.model), features=features)


def train_ranker(
    space: SearchSpace,
    labels: Labels,
    plan: FitPlan,
    *,
    study: str | Path | None = None,
    trials: int = 0,
    timeout: float | None = None,
    features: FeatureTable | None = None,
) -> tuple[ProxyRanker, list[str]]:
    """Train a ranker as the plan says, as a study in a folder found, or as a study now finds.

    Parameters
    ----------
    space, labels, plan, features
        As for `fit_ranker`.
    study
        Folder of a study whose groups, columns and parameters are taken.
    trials
        Of a study to run first; 0 runs none.
    timeout
        Seconds after which that study begins no further trial.

    Returns
    -------
    ProxyRanker
        The ranker.
    list of str
        What a person should know about it.

    Raises
    ------
    ProxyrankError
        As `fit_ranker`, `fit_tuned` and `adopt_study`.
    """
    if trials:
        ranker = fit_tuned(space, labels, plan, trials, timeout=timeout, features=features)
    else:
        plan = adopt_study(plan, study, space.name) if study else plan
        ranker = fit_ranker(space, labels, plan, features=features)
    remark = study_remark(study, ranker.card) if study else None
    said = fit_remarks(ranker, labels, features)
    return ranker, [*([remark] if remark else []), *said, *ranker.card.notes]


def adopt_study(plan: FitPlan, folder: str | Path, space: str) -> FitPlan:
    """The plan with a study's groups, columns and parameters; parameters stated in the plan stay.

    A study's committee is taken where the plan states neither a model nor parameters.

    Raises
    ------
    ProxyrankError
        If the study's result cannot be read or is of another space or model.
    """
    result = read_result(folder)
    for what, found, expected in (
        ("search space", result.settings.get("space"), space),
        ("model", result.model, plan.model or result.model),
    ):
        if found != expected:
            raise ProxyrankError(f"the study in {folder} is of the {what} {found}, expected {expected}")
    return _chosen(plan, result.choice, result.model)


def study_remark(folder: str | Path, card: RankerCard) -> str | None:
    """What a person should know where a ranker was not trained on the study's own training part."""
    settings = read_result(folder).settings
    if settings.get("train_archs_sha256") == card.train_archs_sha256:
        return None
    return (
        f"the study in {folder} was tuned on other architectures (split {settings.get('split')}, seed "
        f"{settings.get('seed')}) than this ranker is trained on: some it is judged on may have been seen"
    )


def _chosen(plan: FitPlan, choice: Choice, model: str) -> FitPlan:
    """The plan with what a study of that model chose."""
    if choice.committee and plan.model is None and not plan.params:
        members = [dict(member) for member in choice.committee]
        groups = tuple(sorted({name for member in members for name in member["families"]}))
        return replace(plan, model="committee", groups=groups, params={"members": members})
    params = {**choice.params, **plan.params}
    return replace(plan, model=model, groups=choice.groups, columns=choice.columns, params=params)


def _of_fit(plan: StudyPlan, fit: FitPlan) -> StudyPlan:
    return replace(plan, seed=fit.seed, model=fit.model or plan.model, threads=fit.threads, params=fit.params)


def _table_digest(labels: Labels) -> str:
    """Short digest of all labels of a table, those outside the training part too."""
    return short_digest("".join(f"{arch},{value!r}\n" for arch, value in labels.values.items()))

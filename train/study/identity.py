"""What a study is about: stated once, when it is created, and refused where anything of it has changed."""

import json
import time
import warnings
from typing import Any

import numpy as np
import optuna
from optuna import Study
from optuna.distributions import distribution_to_json
from optuna.exceptions import DuplicatedStudyError, ExperimentalWarning
from optuna.storages import BaseStorage
from optuna.study import StudyDirection

from proxyrank.common.digests import parts_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.parameters import start_points
from proxyrank.train.study.sampling import NumberedSampler, make_pruner

FINGERPRINT = "fingerprint"
CREATION_WAIT = 15.0
"""Seconds that a process waits for the one that is creating the study."""


def fingerprint(objective: Objective, about: dict[str, Any]) -> dict[str, Any]:
    """What must be equal for trials to be comparable, by name; large things as digests.

    Parameters
    ----------
    objective
        Of the study.
    about
        What the caller knows besides: space, label, split.
    """
    data, plan = objective.data, objective.plan
    folds, repeats = plan.folds_of(len(data.y))
    return {
        **about,
        "architectures": parts_digest(*data.archs, *data.keys),
        "labels": parts_digest(data.y.astype("<f8").tobytes()),
        "label direction": data.direction,
        "features": parts_digest(
            *data.columns, *data.groups, np.ascontiguousarray(data.X, dtype="<f8").tobytes()
        ),
        "feature groups": ",".join(data.group_names),
        "objective": ",".join(plan.metrics),
        "direction": "maximize",
        "model": plan.model,
        "fixed": dict(plan.params),
        "parameters": {
            name: json.loads(distribution_to_json(d)) for name, d in objective.distributions.items()
        },
        "folds": f"{folds} x {repeats}",
        "seed": plan.seed,
    }


def open_study(storage: BaseStorage, name: str, objective: Objective, about: dict[str, Any]) -> Study:
    """Create the study, or load the one of that name.

    Of several processes that start together one creates it, and the others wait until it has done so.

    Raises
    ------
    ProxyrankError
        If the stored study is about something else; the message says what differs.
    """
    plan, own = objective.plan, fingerprint(objective, about)
    sampler, pruner = (
        NumberedSampler(plan.seed, start_points(plan.model, objective.distributions), plan.sampler),
        make_pruner(plan.metrics, plan.pruner),
    )
    directions = [StudyDirection.MAXIMIZE] * len(plan.metrics)
    try:
        study = optuna.create_study(
            storage=storage, study_name=name, sampler=sampler, pruner=pruner, directions=directions
        )
    except DuplicatedStudyError:
        study = optuna.load_study(storage=storage, study_name=name, sampler=sampler, pruner=pruner)
        stored = _stored(study)
        if stored is None and not study.get_trials(deepcopy=False):
            _begin(study, objective, own)  # its creator died before it had finished
        else:
            _compare(name, stored, own)
    else:
        _begin(study, objective, own)
    return study


def _begin(study: Study, objective: Objective, own: dict[str, Any]) -> None:
    with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
        study.set_metric_names(list(objective.plan.metrics))
    study.set_user_attr(FINGERPRINT, own)  # last: it says that the rest is there


def _stored(study: Study) -> dict[str, Any] | None:
    deadline = time.monotonic() + CREATION_WAIT
    while True:
        found = study.user_attrs.get(FINGERPRINT)
        if found is not None or time.monotonic() > deadline or study.get_trials(deepcopy=False):
            return study.user_attrs.get(FINGERPRINT)
        time.sleep(0.1)


def _compare(name: str, stored: dict[str, Any] | None, own: dict[str, Any]) -> None:
    if stored is None:
        raise ProxyrankError(f"the study {name!r} was not made by proxyrank: choose another name for yours")
    own = json.loads(json.dumps(own))
    differences = [
        f"{key} ({_shown(stored.get(key), own.get(key))})"
        for key in {**stored, **own}
        if stored.get(key) != own.get(key)
    ]
    if differences:
        raise ProxyrankError(
            f"the study {name!r} is about something else, its trials cannot be compared with yours: "
            f"{'; '.join(differences)}; choose another name (or another folder) for a new study"
        )


def _shown(stored: Any, own: Any) -> str:
    if isinstance(stored, dict) and isinstance(own, dict):
        return ", ".join(key for key in {**stored, **own} if stored.get(key) != own.get(key))
    return f"stored {stored}, now {own}"

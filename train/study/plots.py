"""Pictures of a study: history, importance of parameters, slices, Pareto front."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna import Study
from optuna.exceptions import ExperimentalWarning
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

from proxyrank.common.files import atomic_path
from proxyrank.train.study.plan import StudyPlan

MAX_FRONT = 3
"""Objectives of a front that can be drawn."""


def plot_study(study: Study, plan: StudyPlan, folder: str | Path) -> list[Path]:
    """Draw what the study's trials allow, as PNG files in an existing folder.

    ``history``, ``slices`` and, from two complete trials with different values on, ``importance`` (fANOVA:
    Hutter et al., ICML 2014); for several metrics one of each, ``history-KT.png`` and so on, and ``pareto``
    for two or three of them.

    Returns
    -------
    list of Path
        The files written.
    """
    from optuna.visualization import matplotlib as draw

    complete = [trial for trial in study.get_trials(deepcopy=False) if trial.state == TrialState.COMPLETE]
    several = len(plan.metrics) > 1
    pictures: dict[str, Callable[[], Any]] = {}
    for i, metric in enumerate(plan.metrics):
        shown: dict[str, Any] = {"target_name": metric}
        if several:
            shown["target"] = _Value(i)
        suffix = f"-{metric}" if several else ""
        pictures["history" + suffix] = _call(draw.plot_optimization_history, study, **shown)
        pictures["slices" + suffix] = _call(draw.plot_slice, study, **shown)
        if len({trial.values[i] for trial in complete}) > 1:
            evaluator = FanovaImportanceEvaluator(seed=0)
            pictures["importance" + suffix] = _call(
                draw.plot_param_importances, study, evaluator=evaluator, **shown
            )
    if 1 < len(plan.metrics) <= MAX_FRONT:
        names = list(plan.metrics)
        pictures["pareto"] = _call(draw.plot_pareto_front, study, target_names=names)
    written = []
    with _drawing():
        for name, picture in pictures.items():
            path = Path(folder) / f"{name}.png"
            _save(picture(), path)
            written.append(path)
    return written


class _Value:
    """The i-th value of a trial."""

    def __init__(self, i: int) -> None:
        self.i = i

    def __call__(self, trial: FrozenTrial) -> float:
        return float(trial.values[self.i])


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
    return lambda: function(*args, **kwargs)


def _save(axes: Any, path: Path) -> None:
    import matplotlib.pyplot as plt

    figure = np.ravel(axes)[0].figure
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=120, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


@contextmanager
def _drawing() -> Iterator[None]:
    """Draw without a screen; backend, style and warnings of the caller come back afterwards."""
    import matplotlib
    import matplotlib.pyplot as plt

    before = matplotlib.get_backend()
    plt.switch_backend("agg")
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with matplotlib.rc_context(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
        plt.switch_backend(before)

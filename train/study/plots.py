"""Pictures of a study: history, slices, importance of parameters, Pareto front."""

import warnings
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from optuna import Study
from optuna.exceptions import ExperimentalWarning
from optuna.importance import FanovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, TrialState

from proxyrank.common.pictures import COLOURS, FAINT, RULE, drawing, own_axes, panels, save_figure
from proxyrank.evaluate.plots import plot_bars
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.sampling import DEFAULTS
from proxyrank.train.study.slices import plot_slices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    trials, several = complete_trials(study), len(plan.metrics) > 1
    drawn: dict[str, Axes] = {}
    for i, metric in enumerate(plan.metrics):
        suffix = f"-{metric}" if several else ""
        drawn["history" + suffix] = plot_history(study, metric, i)
        drawn["slices" + suffix] = plot_slices(trials, metric, i)[0]
        if len({trial.values[i] for trial in trials}) > 1:
            drawn["importance" + suffix] = plot_importance(study, metric, i)
    if 1 < len(plan.metrics) <= MAX_FRONT:
        drawn["pareto"] = plot_front(study, plan)[0]
    files = []
    for name, ax in drawn.items():
        files.append(Path(folder) / f"{name}.png")
        save_figure(ax, files[-1], dpi=120)
    return files


def complete_trials(study: Study) -> list[FrozenTrial]:
    """Trials with values, by number."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


@drawing()
def plot_history(study: Study, metric: str, i: int = 0, *, ax: "Axes | None" = None) -> "Axes":
    """The i-th metric by trial, with the best so far and the model's defaults; ``ax``: where to draw."""
    from matplotlib.ticker import MaxNLocator

    ax = own_axes(ax, 6.4, 4)
    trials = complete_trials(study)
    numbers, values = [trial.number for trial in trials], [trial.values[i] for trial in trials]
    ax.plot(numbers, values, "o", color=FAINT, label="one trial")
    ax.step(numbers, np.maximum.accumulate(values), where="post", color=COLOURS[0], label="best so far")
    if untuned := [trial.values[i] for trial in trials if DEFAULTS in trial.user_attrs]:
        ax.axhline(untuned[0], color=RULE, linewidth=0.8, linestyle="--", label="defaults")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="trial", ylabel=f"{metric}, mean over the folds")
    ax.legend()
    return ax


def plot_importance(study: Study, metric: str, i: int = 0, *, ax: "Axes | None" = None) -> "Axes":
    """Share of the i-th metric's variance that each parameter explains; ``ax``: where to draw."""
    target = (lambda trial: float(trial.values[i])) if len(study.directions) > 1 else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        warnings.simplefilter("ignore", UserWarning)
        shares = pd.Series(
            get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0), target=target),
            dtype=float,
        )
    names = pd.Series(shares.index, dtype=object)
    return plot_bars(names, shares, label=f"share of the variance of {metric}", ax=ax)


@drawing()
def plot_front(study: Study, plan: StudyPlan) -> "list[Axes]":
    """All trials and the Pareto front, a panel for each two metrics."""
    pairs = list(combinations(range(len(plan.metrics)), 2))
    axes = panels(len(pairs), columns=3, width=4, height=3.6)
    trials, front = complete_trials(study), study.best_trials
    for (i, j), ax in zip(pairs, axes, strict=True):
        ax.plot([t.values[i] for t in trials], [t.values[j] for t in trials], "o", color=FAINT, label="trial")
        best = sorted((t.values[i], t.values[j]) for t in front)
        ax.plot(*zip(*best, strict=True), "o", color=COLOURS[1], label="Pareto front")
        ax.set(xlabel=plan.metrics[i], ylabel=plan.metrics[j])
    axes[0].legend()
    return axes

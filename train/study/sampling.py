"""A sampler whose draws depend on the seed and on the trial's number, and the pruner."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner, WilcoxonPruner
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.storages import RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

from proxyrank.common.seeds import derive_seed

STARTUP_TRIALS = 10
WORSE = 0.13
"""Largest p-value of the test; three folds can reach 0.125."""


def _tpe(seed: int) -> BaseSampler:
    return TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS, multivariate=True)


def _gp(seed: int) -> BaseSampler:
    return GPSampler(seed=seed, n_startup_trials=STARTUP_TRIALS)


_SAMPLERS: Mapping[str, Callable[[int], BaseSampler]] = {
    "tpe": _tpe,
    "random": lambda seed: RandomSampler(seed=seed),
    "gp": _gp,
    "nsga2": lambda seed: NSGAIISampler(seed=seed, population_size=STARTUP_TRIALS),
}


class NumberedSampler(BaseSampler):
    """A sampler of Optuna, seeded anew for each trial by its number.

    Numbers are unique in a study, so a resumed study goes on where it stopped and processes that share one
    draw from different streams, while one process alone gives the same trials however often it was stopped
    between them. The default, a tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011; several
    objectives: Ozaki et al., GECCO 2020), is multivariate: parameters are drawn together.

    Parameters
    ----------
    seed
        Of the study.
    starts
        Parameters of the first trials, number 0 on.
    name
        Name in `SAMPLERS`.
    """

    def __init__(self, seed: int, starts: Sequence[Mapping[str, Any]] = (), name: str = "tpe") -> None:
        self._seed = seed
        self._make = _SAMPLERS[name]
        self._starts = starts
        self._number: int | None = None
        self._sampler: BaseSampler | None = None

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Parameters that are drawn together."""
        if origin(trial) < len(self._starts):
            return {}
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Draw them."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Draw one of the others."""
        if origin(trial) < len(self._starts):
            return self._starts[origin(trial)][param_name]
        return self._of(trial).sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Tell the estimator that a trial begins."""
        self._of(trial).before_trial(study, trial)

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        """Tell the estimator that a trial has ended."""
        self._of(trial).after_trial(study, trial, state, values)

    def _of(self, trial: FrozenTrial) -> BaseSampler:
        if self._sampler is None or self._number != origin(trial):
            self._number = origin(trial)
            seed = derive_seed("study trial", self._seed, self._number) % 2**32
            with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
                self._sampler = self._make(seed)
        return self._sampler


def origin(trial: FrozenTrial) -> int:
    """Number of the trial or, where its process died and it is tried again, of the first try."""
    with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
        first = RetryHeartbeatStaleTrialCallback.retried_trial_number(trial)
    return trial.number if first is None else first


def make_pruner(metrics: Sequence[str], name: str = "wilcoxon") -> BasePruner:
    """The pruner of a name in `PRUNERS`; for several metrics none, as Optuna does not prune such trials.

    The default stops a trial that a signed-rank test over the folds so far finds worse than the best trial.
    Folds are the same for all trials, so their values come in pairs. At this threshold a trial that loses
    each of its first three folds to the best one is stopped.
    """
    if len(metrics) > 1 or name == "none":
        return NopPruner()
    if name == "median":
        return MedianPruner(n_startup_trials=STARTUP_TRIALS // 2, n_warmup_steps=2)
    if name == "halving":
        return SuccessiveHalvingPruner(min_resource=2)
    with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
        return WilcoxonPruner(p_threshold=WORSE, n_startup_steps=2)


DEFAULTS = "defaults"
"""User attribute of the trial in which nothing is tuned."""

"""How a study is run; the numbers that the data do not give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.train.study_names import PRUNERS, SAMPLERS

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

TRIALS = 40
FOLDS = 5
ROWS_A_FOLD = 8
VALIDATED_ROWS = 800
MAX_REPEATS = 5


@dataclass(frozen=True)
class StudyPlan:
    """How to tune.

    Attributes
    ----------
    trials
        Finished trials (complete or pruned) of the study in all, over all its processes and restarts.
    metrics
        Names in `FOLD_METRICS`, all maximised; several give a Pareto front.
    folds, repeats
        Of the cross-validation; a repeat is another division into folds. None follows the rows: 5 folds (at
        least 8 rows each, at least 2 folds), repeated until about 800 rows are validated, at most 5 times.
    seed
        Of folds, models and trials. A trial's draws depend on it and on the trial's number.
    model
        Name in the model registry.
    threads
        Of the model.
    params
        Parameters of the model that are fixed, over its defaults.
    timeout
        Seconds after which a run begins no further trial; one trial at least is brought to its end.
    sampler, pruner
        Names in `SAMPLERS` and `PRUNERS`. Trials of different samplers can be compared: folds are the same.
    callbacks
        Called with study and trial whenever a trial of this process has ended, as those of Optuna;
        ``study.stop()`` ends the run.
    """

    trials: int = TRIALS
    metrics: tuple[str, ...] = ("KT",)
    folds: int | None = None
    repeats: int | None = None
    seed: int = 0
    model: str = "lightgbm"
    threads: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    sampler: str = "tpe"
    pruner: str = "wilcoxon"
    callbacks: "tuple[Callable[[Study, FrozenTrial], None], ...]" = ()

    def __post_init__(self) -> None:
        for name, low in (("trials", 1), ("folds", 2), ("repeats", 1), ("threads", 1)):
            value = getattr(self, name)
            if value is not None and value < low:
                raise ProxyrankError(f"{name} must be at least {low}, got {value}")
        if self.timeout is not None and self.timeout <= 0:
            raise ProxyrankError(f"timeout must be more than 0 seconds, got {self.timeout}")
        for kind, name, known in (("sampler", self.sampler, SAMPLERS), ("pruner", self.pruner, PRUNERS)):
            if name not in known:
                raise unknown(kind, name, known)
        if not self.metrics or len(set(self.metrics)) < len(self.metrics):
            raise ProxyrankError(f"metrics must be different names, got {','.join(self.metrics) or 'none'}")

    def folds_of(self, n: int) -> tuple[int, int]:
        """Numbers of folds and of repeats for n rows."""
        folds = self.folds or max(2, min(FOLDS, n // ROWS_A_FOLD))
        repeats = self.repeats or max(1, min(MAX_REPEATS, round(VALIDATED_ROWS / max(1, n))))
        return folds, repeats

    def fitted_rows(self, n: int) -> int:
        """Rows that a model of the cross-validation is fitted to, about."""
        folds, _ = self.folds_of(n)
        return n * (folds - 1) // folds

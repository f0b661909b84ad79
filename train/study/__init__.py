"""Hyperparameter studies: repeated cross-validation inside the training part, by Optuna.

Names are imported when first used: the package itself loads neither Optuna nor LightGBM.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxyrank.train.study.adopt import adopt_study, study_remark
    from proxyrank.train.study.columns import kept_columns
    from proxyrank.train.study.database import StudyStorage
    from proxyrank.train.study.objective import METRICS, StudyData
    from proxyrank.train.study.parameters import Choice, parameter_space
    from proxyrank.train.study.plan import StudyPlan
    from proxyrank.train.study.plots import plot_study
    from proxyrank.train.study.report import StudyReport, study_in_folder
    from proxyrank.train.study.results import StudyResult, read_result, summarise, write_result
    from proxyrank.train.study.run import run_study, tune

__all__ = [
    "METRICS",
    "Choice",
    "StudyData",
    "StudyPlan",
    "StudyReport",
    "StudyResult",
    "StudyStorage",
    "adopt_study",
    "kept_columns",
    "parameter_space",
    "plot_study",
    "read_result",
    "run_study",
    "study_in_folder",
    "study_remark",
    "summarise",
    "tune",
    "write_result",
]

_MODULES = {
    "adopt": ("adopt_study", "study_remark"),
    "report": ("StudyReport", "study_in_folder"),
    "objective": ("METRICS", "StudyData"),
    "plan": ("StudyPlan",),
    "plots": ("plot_study",),
    "results": ("StudyResult", "read_result", "summarise", "write_result"),
    "run": ("run_study", "tune"),
    "columns": ("kept_columns",),
    "parameters": ("Choice", "parameter_space"),
    "database": ("StudyStorage",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

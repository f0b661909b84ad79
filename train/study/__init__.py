"""Hyperparameter studies: repeated cross-validation inside the training part, by Optuna."""

from proxyrank.train.study.choice import Choice
from proxyrank.train.study.database import StudyStorage
from proxyrank.train.study.objective import FOLD_METRICS
from proxyrank.train.study.parameters import parameter_space
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.study.plots import plot_study
from proxyrank.train.study.report import StudyReport, report_study
from proxyrank.train.study.results import StudyResult, read_result, summarise, write_result
from proxyrank.train.study.run import run_study, tune
from proxyrank.train.study.study_data import StudyData

__all__ = [
    "FOLD_METRICS",
    "Choice",
    "StudyData",
    "StudyPlan",
    "StudyReport",
    "StudyResult",
    "StudyStorage",
    "parameter_space",
    "plot_study",
    "read_result",
    "report_study",
    "run_study",
    "summarise",
    "tune",
    "write_result",
]

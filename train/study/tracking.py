"""Trials in MLflow. Optuna's own callback for it is deprecated since 4.9 and gone from 6.0 on."""

from collections.abc import Callable, Sequence

from optuna import Study
from optuna.trial import FrozenTrial

from proxyrank.common.optional import optional


def mlflow_callback(uri: str, metrics: Sequence[str]) -> Callable[[Study, FrozenTrial], None]:
    """A callback of `StudyPlan` that logs each trial of this process: a run each, in the study's experiment.

    Parameters
    ----------
    uri
        Tracking URI, such as ``http://localhost:5000`` or ``sqlite:///mlflow.db``.
    metrics
        Names of the metrics.

    Raises
    ------
    MissingDependencyError
        If MLflow is not installed.
    """
    client = optional("mlflow", "logging to MLflow", install="'proxyrank[mlflow]'").MlflowClient(uri)

    def log(study: Study, trial: FrozenTrial) -> None:
        known = client.get_experiment_by_name(study.study_name)
        experiment = known.experiment_id if known else client.create_experiment(study.study_name)
        run = client.create_run(experiment, run_name=str(trial.number)).info.run_id
        for name, value in trial.params.items():
            client.log_param(run, name, value)
        for name, value in zip(metrics, trial.values or (), strict=False):
            client.log_metric(run, name, value)
        client.set_tag(run, "state", trial.state.name.lower())
        client.set_terminated(run)

    return log

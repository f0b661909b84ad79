from pathlib import Path

import pytest

from proxyrank.train.study import StudyData, StudyStorage, run_study
from proxyrank.train.study.tracking import mlflow_callback


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of MLflow itself
def test_trials_are_runs_of_mlflow(data: StudyData, plan, tmp_path: Path) -> None:
    import mlflow

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    how = plan(3, callbacks=(mlflow_callback(uri, ("KT",)),))
    study, _ = run_study(data, how, StudyStorage(str(tmp_path / "study.db")), name="mine")
    client = mlflow.MlflowClient(uri)
    experiment = client.get_experiment_by_name("mine")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    values = sorted(run.data.metrics["KT"] for run in runs)
    assert values == sorted(trial.value for trial in study.trials)
    assert {run.data.params["num_leaves"] for run in runs} == {
        str(t.params["num_leaves"]) for t in study.trials
    }

"""Files of a study: the result, the table of trials, the pictures."""

import json
from pathlib import Path

import matplotlib
import numpy as np
import optuna
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.train.study import (
    StudyData,
    StudyStorage,
    plot_study,
    read_result,
    run_study,
    summarise,
    write_result,
)
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.parameters import start_points
from proxyrank.train.study.results import trials_table

PNG = b"\x89PNG\r\n"


def test_result_and_trials_are_written_and_read(data: StudyData, plan, tmp_path: Path) -> None:
    how = plan(8)
    study, _ = run_study(data, how, StudyStorage(str(tmp_path / "study.db")))
    result = summarise(study, data, how, {"space": "nb201"})
    write_result(result, study, how, tmp_path)
    assert read_result(tmp_path) == result
    assert result.settings["n_train"] == 40
    assert result.settings["space"] == "nb201"
    best = study.trials[result.trial]
    assert result.values == {"KT": best.value}
    assert result.params["num_leaves"] == best.params["num_leaves"]
    table = pd.read_csv(tmp_path / "trials.csv")
    assert list(table.number) == [trial.number for trial in study.trials]
    assert table.KT[result.trial] == pytest.approx(best.value)
    top = table.KT[table.state == "complete"].idxmax()
    gains = np.subtract(study.trials[top].user_attrs["folds"], study.trials[0].user_attrs["folds"])
    assert result.trial == (top if gains.mean() > gains.std(ddof=1) / len(gains) ** 0.5 else 0)
    assert trials_table(study, how).folds[result.trial] == 2


@pytest.mark.parametrize(("shift", "chosen"), [(0.02, 1), (0.001, 0), (-0.01, 0)])
def test_the_defaults_stand_unless_beaten_by_more_than_a_standard_error(
    data: StudyData, plan, shift: float, chosen: int
) -> None:
    how, study = plan(2), optuna.create_study(direction="maximize")
    objective = Objective(data, how)
    noise = np.array([0.01, -0.01, 0.02, -0.02])  # gains have a standard error of .018
    for folds, marks in ((0.8 + noise, {"defaults": True}), (0.8 + shift - noise, {})):
        values = [[float(value)] for value in folds]
        trial = optuna.trial.create_trial(
            params=start_points("lightgbm", objective.distributions)[0],
            distributions={
                name: space for name, space in objective.distributions.items() if not name.startswith("use_")
            },
            value=float(np.mean(values)),
            user_attrs={"folds": values, **marks},
        )
        study.add_trial(trial)
    result = summarise(study, data, how)
    assert result.trial == chosen
    assert result.values["KT"] == pytest.approx(study.trials[chosen].value)


def test_damaged_results_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProxyrankError, match=r"no best.json there; proxyrank study"):
        read_result(tmp_path)
    (tmp_path / "best.json").write_text("{}")
    with pytest.raises(ProxyrankError, match="expected the format proxyrank-study/1, found None"):
        read_result(tmp_path)
    (tmp_path / "best.json").write_text(json.dumps({"format": "proxyrank-study/1", "study": 3}))
    with pytest.raises(ProxyrankError, match="damaged"):
        read_result(tmp_path)


def test_pictures_of_one_metric(data: StudyData, plan, tmp_path: Path) -> None:
    how = plan(6)
    study, _ = run_study(data, how, StudyStorage(str(tmp_path / "study.db")))
    backend, style = matplotlib.get_backend(), matplotlib.rcParams.copy()
    files = plot_study(study, how, tmp_path)
    assert [path.name for path in files] == ["history.png", "slices.png", "importance.png"]
    assert all(path.read_bytes().startswith(PNG) for path in files)
    assert matplotlib.rcParams == style
    assert matplotlib.get_backend() == backend
    first = [path.read_bytes() for path in files]
    assert [path.read_bytes() for path in plot_study(study, how, tmp_path)] == first


def test_pictures_of_several_metrics(data: StudyData, plan, tmp_path: Path) -> None:
    how = plan(5, metrics=("KT", "nDCG"))
    study, _ = run_study(data, how, StudyStorage(str(tmp_path / "study.db")))
    names = {path.name for path in plot_study(study, how, tmp_path)}
    assert names == {
        "history-KT.png", "slices-KT.png", "importance-KT.png",
        "history-nDCG.png", "slices-nDCG.png", "importance-nDCG.png", "pareto.png",
    }  # fmt: skip

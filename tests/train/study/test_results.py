"""Files of a study: the result, the table of trials, the pictures."""

import json
from pathlib import Path

import matplotlib
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
    assert table.KT[table.state == "complete"].max() == pytest.approx(best.value)
    assert trials_table(study, how).folds[result.trial] == 2


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

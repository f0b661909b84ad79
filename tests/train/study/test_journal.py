"""Journals that were cut anywhere: what is complete stays, and the study goes on."""

from pathlib import Path

import optuna
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.train.study import StudyStorage
from proxyrank.train.study import database as storage


def _trials(path: Path, more: int) -> optuna.Study:
    study = optuna.create_study(
        storage=StudyStorage(f"journal:{path}").open(), study_name="s", load_if_exists=True
    )
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=more)
    return study


def test_x16_a_journal_cut_anywhere_goes_on(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    _trials(whole, 3)
    data = whole.read_bytes()
    first = len(data.splitlines(keepends=True)[0])
    for at in [0, 1, first - 1, first, first + 5, *range(first + 20, len(data), 61), len(data) - 1]:
        path = tmp_path / f"cut{at}"
        path.write_bytes(data[:at])
        complete = sum(
            b'"state":1' in line for line in data[:at].splitlines(keepends=True) if line[-1:] == b"\n"
        )
        study = _trials(path, 1)
        finished = [t for t in study.get_trials() if t.state == optuna.trial.TrialState.COMPLETE]
        assert len(finished) >= complete + 1, at
        aside = path.with_name(path.name + ".cut")
        incomplete = data[:at].rpartition(b"\n")[2]
        if aside.exists():
            assert aside.read_bytes() == incomplete + b"\n"
        else:
            assert incomplete == b"" or incomplete.endswith(b"}")
        again = StudyStorage(f"journal:{path}").open()
        assert len(again.get_all_trials(0)) == len(study.trials)


def test_a_journal_damaged_before_its_end_is_refused_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ATTEMPTS", 1)
    path = tmp_path / "j"
    _trials(path, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"op_co\n' + b"".join(lines[1:]))
    before = path.read_bytes()
    with pytest.raises(ProxyrankError, match="line 2: damaged"):
        StudyStorage(f"journal:{path}").open()
    assert path.read_bytes() == before

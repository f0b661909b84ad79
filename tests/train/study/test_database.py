"""Storages: what a name means, collisions at the start, PostgreSQL, and what is said without a server."""

import os
import signal
import time
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from proxyrank.common.errors import MissingDependencyError, ProxyrankError
from proxyrank.train.study import StudyStorage
from proxyrank.train.study import database as storage
from proxyrank.train.study.worker import FINISHED


def test_two_claims_of_one_waiting_trial(tmp_path: Path) -> None:
    """SQLite's transactions take the lock when they begin, so that one claim of two succeeds."""
    stored = StudyStorage(str(tmp_path / "study.db"))
    one, other = stored.open(), stored.open()
    study = optuna.create_study(storage=one, study_name="s")
    study.enqueue_trial({"x": 1.0})
    trial_id = one.get_trial_id_from_study_id_trial_number(one.get_study_id_from_name("s"), 0)
    assert one.set_trial_state_values(trial_id, TrialState.RUNNING)
    assert not other.set_trial_state_values(trial_id, TrialState.RUNNING)
    with one.engine.connect() as held, held.begin():
        assert held.exec_driver_sql("SELECT count(*) FROM trials").scalar() == 1
        blocked = storage.RDBStorage(f"sqlite:///{tmp_path / 'study.db'}", {"connect_args": {"timeout": 0.1}})
        with pytest.raises(optuna.exceptions.StorageInternalError):
            blocked.set_trial_state_values(trial_id, TrialState.FAIL)


def test_errors_are_one_line_without_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ATTEMPTS", 2)
    cases = [
        (str(tmp_path / "no" / "study.db"), "the folder .*/no does not exist"),
        (f"journal:{tmp_path / 'no' / 'j'}", "the folder .*/no does not exist"),
        ("sqlite:/:/x://", "expected a file, journal:FILE or a database URL"),
        ("postgresql://me:secret@127.0.0.1:1/db", "cannot open the storage postgresql"),
    ]
    for name, message in cases:
        with pytest.raises(ProxyrankError, match=message) as error:
            StudyStorage(name).open()
        assert "\n" not in str(error.value)
        assert "secret" not in str(error.value)
    (tmp_path / "text.db").write_text("this is no database, whatever its name says\n" * 9)
    with pytest.raises(ProxyrankError, match="cannot open the storage"):
        StudyStorage(str(tmp_path / "text.db")).open()
    with pytest.raises(MissingDependencyError, match="needs the package"):
        StudyStorage("oracle://host/db").open()


@pytest.mark.parametrize("name", ["run?lr=1", "a%20b", "a b", "100%", "a#b", "{x}", "a'b", "données"])
def test_x13_the_file_named_is_the_file_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for text in (str(folder / "study.db"), str(folder / "a?b%20c.db")):
        stored = StudyStorage(text)
        optuna.create_study(storage=stored.open(), study_name="s")
        assert Path(text).stat().st_size > 0
        dashboard = storage.RDBStorage(stored.shown)
        assert optuna.get_all_study_names(dashboard) == ["s"]
    monkeypatch.chdir(tmp_path)
    optuna.create_study(storage=StudyStorage(f"{name}/other.db").open(), study_name="s")
    assert (folder / "other.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(MissingDependencyError, match=r"pip install proxyrank\[postgres\]"):
        StudyStorage("postgresql://host/db").open()


def test_postgresql_two_processes_one_killed_and_restarted(postgres_url: str, start) -> None:
    total = 40
    victim, other = start(postgres_url, total, 2 * 4 + 1), start(postgres_url, total)
    deadline = time.monotonic() + 240
    while _count(postgres_url) < 10:
        assert time.monotonic() < deadline, "fewer than ten trials within four minutes"
        time.sleep(0.1)
    os.kill(victim.pid, signal.SIGKILL)
    again = start(postgres_url, total)
    for process in (other, again):
        _, errors = process.communicate(timeout=480)
        assert process.returncode == 0, errors
    study = optuna.load_study(study_name="proxyrank", storage=StudyStorage(postgres_url).open())
    done = [trial for trial in study.trials if trial.state in FINISHED]
    assert len(done) == total
    assert len({trial.number for trial in study.trials}) == len(study.trials)
    assert len({str(sorted(trial.params.items())) for trial in done}) == total
    rest = [trial for trial in study.trials if trial.state not in FINISHED]
    assert all(trial.state == TrialState.FAIL for trial in rest)
    assert len([trial for trial in rest if "withdrawn" not in trial.user_attrs]) <= 1


def _count(url: str) -> int:
    try:
        study = optuna.load_study(study_name="proxyrank", storage=StudyStorage(url).open())
    except (KeyError, ProxyrankError):
        return 0
    return sum(trial.state in FINISHED for trial in study.get_trials(deepcopy=False))

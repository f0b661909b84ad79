"""Studies that are stopped, continued, shared, broken and refused."""

import logging
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Metric
from proxyrank.models import LightGBMRanker
from proxyrank.train.study import FOLD_METRICS, StudyData, StudyStorage, run_study, summarise, tune
from proxyrank.train.study import parameters as study_space
from proxyrank.train.study.run import _deferred_interrupt
from proxyrank.train.study.worker import FINISHED
from proxyrank.train.study_names import SAMPLERS


def storage_in(folder: Path, **settings: int) -> StudyStorage:
    return StudyStorage(str(folder / "study.db"), **settings)


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return [trial for trial in study.trials if trial.state in FINISHED]


def load(storage: str) -> optuna.Study:
    return optuna.load_study(study_name="proxyrank", storage=StudyStorage(storage).open())


def check_total(storage: str, total: int) -> None:
    """All there, none lost, none doubled: so many finished trials of different parameters."""
    study = load(storage)
    done = finished(study)
    assert len(done) == total
    assert len({trial.number for trial in study.trials}) == len(study.trials)
    assert len({str(sorted(trial.params.items())) for trial in done}) == total
    assert sum("defaults" in trial.user_attrs for trial in done) == 1
    assert not [trial for trial in study.trials if trial.state == TrialState.RUNNING]


def test_p1_trials_are_the_total(data: StudyData, plan, tmp_path: Path) -> None:
    storage = storage_in(tmp_path)
    assert len(finished(run_study(data, plan(3), storage)[0])) == 3
    study, before = run_study(data, plan(5), storage)
    assert (before, len(study.trials)) == (3, 5)
    study, before = run_study(data, plan(5), storage)
    assert (before, len(study.trials)) == (5, 5)
    study, before = run_study(data, plan(2), storage)
    assert (before, len(study.trials)) == (5, 5)


def test_p2_a_resumed_study_never_repeats_itself(data: StudyData, plan, tmp_path: Path) -> None:
    storage = storage_in(tmp_path)
    run_study(data, plan(13), storage, name="resumed")
    resumed, _ = run_study(data, plan(16), storage, name="resumed")
    whole, _ = run_study(data, plan(16), storage, name="whole")
    params = [trial.params for trial in resumed.trials]
    assert len({str(sorted(p.items())) for p in params}) == 16
    # 13 + 3 = 16 in one process: a trial depends on its number and on those before it, past the random start
    assert params == [trial.params for trial in whole.trials]
    other, _ = run_study(data, plan(8, seed=1), storage, name="other seed")
    assert other.trials[6].params != whole.trials[6].params


def test_p3_every_trial_undefined_is_one_clear_error(
    other_data, plan, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = other_data()
    y = data.y.copy()
    y[:20] = 93.0
    constant = other_data(y=y, keys=("constant",) * 20 + ("varied",) * 20)
    with caplog.at_level(logging.WARNING):
        study, _ = run_study(constant, plan(3), storage_in(tmp_path))
    assert [trial.state for trial in study.trials] == [TrialState.FAIL] * 3
    for trial in study.trials:
        assert "constant labels" in trial.user_attrs["reason"] or "one distinct" in trial.user_attrs["reason"]
    assert "num_leaves" in caplog.text
    assert "trial 2 failed" in caplog.text
    with pytest.raises(
        ProxyrankError, match=r"all 3 trials .* failed, nothing is written; trial 0: "
    ) as error:
        summarise(study, constant, plan(3))
    assert "\n" not in str(error.value)
    assert "give more labels" not in str(error.value)
    few = other_data(9, y=0 * other_data(9).y + 93)
    with pytest.raises(ProxyrankError, match=r"fitted to \d of 9 rows: give more labels"):
        tune(few, plan(3))
    with pytest.raises(ProxyrankError, match="all 3 trials"):
        tune(constant, plan(3))


def test_p3_undefined_trials_do_not_count(
    data: StudyData, plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(1000))
    tau = FOLD_METRICS["KT"]

    def sometimes(*args: Any) -> Metric:
        return Metric(None, "undefined (test)") if next(calls) % 5 == 4 else tau(*args)

    monkeypatch.setitem(FOLD_METRICS, "KT", sometimes)
    study, _ = run_study(data, plan(6), storage_in(tmp_path))
    failed = [trial for trial in study.trials if trial.state == TrialState.FAIL]
    assert len(finished(study)) == 6
    assert failed
    assert all("KT undefined (test) in fold" in trial.user_attrs["reason"] for trial in failed)
    assert all(trial.params for trial in failed)


def test_p4_another_question_is_refused_before_the_first_trial(
    data: StudyData, other_data, plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = storage_in(tmp_path)
    run_study(data, plan(2), storage)
    y, X = data.y.copy(), data.X.copy()
    y[7] += 0.1
    X[3, 3] = 0.0
    cases: list[tuple[str, StudyData, Any]] = [
        ("labels", other_data(y=y), plan(5)),
        ("features", other_data(X=X), plan(5)),
        ("label direction", other_data(direction="min"), plan(5)),
        ("feature groups", other_data(groups=tuple("ppqqr")), plan(5)),
        (r"objective \(stored KT, now SPR\)", data, plan(5, metrics=("SPR",))),
        ("objective", data, plan(5, metrics=("KT", "SPR"))),
        ("folds", data, plan(5, folds=3)),
        ("seed", data, plan(5, seed=1)),
    ]
    for what, changed, how in cases:
        with pytest.raises(ProxyrankError, match=what) as error:
            run_study(changed, how, storage)
        assert "\n" not in str(error.value)
    smaller = dict(study_space.MODEL_SPACES["lightgbm"])
    smaller["target"] = optuna.distributions.CategoricalDistribution(("logit", "none"))
    monkeypatch.setitem(study_space.MODEL_SPACES, "lightgbm", smaller)
    with pytest.raises(ProxyrankError, match=r"parameters \(target\)"):
        run_study(data, plan(5), storage)
    monkeypatch.undo()
    assert len(run_study(data, plan(2), storage)[0].trials) == 2


def test_p4_a_study_of_other_people_is_left_alone(data: StudyData, plan, tmp_path: Path) -> None:
    storage = storage_in(tmp_path)
    optuna.create_study(storage=storage.open(), study_name="mine").add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(ProxyrankError, match="was not made by proxyrank"):
        run_study(data, plan(5), storage, name="mine")


def test_p5_four_processes_at_once_on_one_file(start, tmp_path: Path) -> None:
    storage = str(tmp_path / "study.db")
    processes = [start(storage, 12) for _ in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=900)
        assert process.returncode == 0, errors
        assert errors == ""
    check_total(storage, 12)


def test_p7_further_processes_after_training_here(data: StudyData, plan, tmp_path: Path) -> None:
    LightGBMRanker(n_estimators=20, n_jobs=2).fit(data.X, data.y)
    began = time.monotonic()
    study, _ = run_study(data, plan(8), storage_in(tmp_path), workers=2)
    assert len(finished(study)) == 8
    assert time.monotonic() - began < 600  # processes that wait for each other's threads never end


@pytest.mark.parametrize("kind", ["journal:", ""])
def test_a_killed_process_loses_nothing(kind: str, start, tmp_path: Path) -> None:
    storage = f"{kind}{tmp_path / 'study'}"
    victim = start(storage, 12, 2 * 4 + 1)  # the first fold of the third trial
    deadline = time.monotonic() + 60
    while not (tmp_path / "study").exists() or _begun(storage) < 3:
        assert time.monotonic() < deadline, "no trial began"
        time.sleep(0.1)
    os.kill(victim.pid, signal.SIGKILL)
    process = start(storage, 12)
    _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    check_total(storage, 12)
    failed = [trial for trial in load(storage).trials if trial.state == TrialState.FAIL]
    assert len(failed) == 1


def _begun(storage: str) -> int:
    try:
        return len(load(storage).trials)
    except (KeyError, ProxyrankError):
        return 0


def test_a_trial_without_a_first_heartbeat_does_not_block(data: StudyData, plan, tmp_path: Path) -> None:
    storage = storage_in(tmp_path, heartbeat=1, grace=1)
    study, _ = run_study(data, plan(3), storage)
    study.ask()  # its process died at once
    study, _ = run_study(data, plan(4), storage)
    assert len(finished(study)) == 4
    assert [trial.number for trial in study.trials if trial.state == TrialState.FAIL] == [3]


def test_interrupt_keeps_finished_trials_and_the_parameters_at_work(
    data: StudyData, plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = storage_in(tmp_path)
    calls = iter(range(1000))
    tau = FOLD_METRICS["KT"]

    def interrupted(*args: Any) -> Metric:
        if next(calls) == 7:
            os.kill(os.getpid(), signal.SIGINT)
        return tau(*args)

    monkeypatch.setitem(FOLD_METRICS, "KT", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_study(data, plan(6), storage)
    monkeypatch.undo()
    study = load(storage.name)
    stopped = next(trial for trial in study.trials if trial.state == TrialState.FAIL)
    kept = len(finished(study))
    assert kept >= 3
    study, before = run_study(data, plan(6), storage)
    assert before == kept
    assert len(finished(study)) == 6
    again = [trial for trial in finished(study) if trial.params == stopped.params]
    assert len(again) == 1


def test_a_second_interrupt_acts_at_once() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with _deferred_interrupt() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def test_the_defaults_come_first_and_are_never_pruned(data: StudyData, plan, tmp_path: Path) -> None:
    study, _ = run_study(data, plan(20, folds=4, repeats=2), storage_in(tmp_path))
    first = study.trials[0]
    assert first.state == TrialState.COMPLETE
    assert first.params["num_leaves"] == LightGBMRanker().num_leaves
    result = summarise(study, data, plan(20))
    assert result.defaults == {"KT": first.value}
    assert result.values["KT"] >= first.value
    pruned = [trial for trial in study.trials if trial.state == TrialState.PRUNED]
    assert pruned
    assert all(1 < len(trial.user_attrs["folds"]) < 8 for trial in pruned)
    # hopeless means: no pruned trial beats the best one's mean on the folds that it was judged on
    best = study.best_trial.user_attrs["folds"]
    for trial in pruned:
        judged = trial.user_attrs["folds"]
        assert sum(v for (v,) in judged) < sum(v for (v,) in best[: len(judged)])


def test_tune_repeats_itself_and_leaves_optuna_as_it_was(data: StudyData, plan) -> None:
    before = optuna.logging.get_verbosity()
    assert tune(data, plan(14)) == tune(data, plan(14))
    assert optuna.logging.get_verbosity() == before


def test_several_metrics_give_a_front(data: StudyData, plan, tmp_path: Path) -> None:
    how = plan(14, metrics=("KT", "nDCG"))
    study, _ = run_study(data, how, storage_in(tmp_path))
    result = summarise(study, data, how)
    points = {trial.number: tuple(trial.values) for trial in finished(study)}
    assert len(points) == 14

    def dominated(p: tuple[float, ...]) -> bool:
        return any(q != p and all(b >= a for a, b in zip(p, q, strict=True)) for q in points.values())

    front = {number for number, p in points.items() if not dominated(p)}
    assert {row["trial"] for row in result.front} == front
    assert result.trial in front
    assert sum(points[result.trial]) == max(sum(points[number]) for number in front)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_by_name_repeat_themselves(data: StudyData, plan, tmp_path: Path, sampler: str) -> None:
    """Also stopped and gone on with; the first points are those of every study."""
    how = plan(12, sampler=sampler, pruner="none")
    whole, _ = run_study(data, how, StudyStorage(str(tmp_path / "a.db")))
    run_study(data, replace(how, trials=11), StudyStorage(str(tmp_path / "b.db")))
    torn, before = run_study(data, how, StudyStorage(str(tmp_path / "b.db")))
    assert before == 11
    assert [t.params for t in whole.trials] == [t.params for t in torn.trials]
    assert all(trial.state == TrialState.COMPLETE for trial in whole.trials)


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_pruners_by_name_stop_trials(data: StudyData, plan, tmp_path: Path, pruner: str) -> None:
    how = plan(14, folds=5, pruner=pruner)
    study, _ = run_study(data, how, StudyStorage(str(tmp_path / "a.db")))
    assert any(trial.state == TrialState.PRUNED for trial in study.trials)


def test_a_time_limit_begins_no_further_trial(data: StudyData, plan, tmp_path: Path) -> None:
    storage = StudyStorage(str(tmp_path / "a.db"))
    study, _ = run_study(data, plan(50, timeout=1e-6), storage)
    assert len(study.trials) == 1  # one is brought to its end
    study, before = run_study(data, plan(3), storage)
    assert (before, len(study.trials)) == (1, 3)


def test_callbacks_are_told_each_trial_and_may_stop(data: StudyData, plan, tmp_path: Path) -> None:
    told: list[int] = []

    def callback(study: Any, trial: Any) -> None:
        told.append(trial.number)
        if len(told) == 3:
            study.stop()

    how, storage = plan(10, callbacks=(callback,)), StudyStorage(str(tmp_path / "a.db"))
    run_study(data, how, storage)
    assert told == [0, 1, 2]
    with pytest.raises(ProxyrankError, match="callbacks are told the trials of one process"):
        run_study(data, how, storage, workers=2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sampler": "tp"}, "sampler 'tp'"),
        ({"pruner": "no"}, "pruner 'no'"),
        ({"timeout": 0.0}, "timeout must"),
    ],
)
def test_unknown_names(plan, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ProxyrankError, match=said):
        plan(1, **wrong)

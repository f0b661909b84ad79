"""Signs of life: written while a trial runs, watched by the others, in every kind of storage."""

import time
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from proxyrank.train.study import StudyStorage
from proxyrank.train.study.alive import MAX_RETRIES, SIGN, Watch, signs_of_life

KINDS = ["journal:", ""]


@pytest.fixture(params=KINDS, ids=["journal", "sqlite"])
def studies(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[optuna.Study, optuna.Study]:
    """One study as two processes see it."""
    name = f"{request.param}{tmp_path / 'study'}"
    one = optuna.create_study(storage=StudyStorage(name).open(), study_name="s")
    return one, optuna.load_study(storage=StudyStorage(name).open(), study_name="s")


def states(study: optuna.Study) -> list[TrialState]:
    return [trial.state for trial in study.get_trials()]


def test_signs_go_on_as_long_as_the_trial_does(studies) -> None:
    one, other = studies
    trial = one.ask()
    seen = set()
    with signs_of_life(trial, 0.05):
        deadline = time.monotonic() + 20
        while len(seen) < 3:
            assert time.monotonic() < deadline, "no third sign of life"
            seen.add(other.get_trials()[0].user_attrs[SIGN])
            time.sleep(0.01)
    last = other.get_trials()[0].user_attrs[SIGN]
    time.sleep(0.2)
    assert other.get_trials()[0].user_attrs[SIGN] == last


def test_a_sign_after_the_end_is_no_error(studies, capfd: pytest.CaptureFixture[str]) -> None:
    one, other = studies
    with signs_of_life(one.ask(), 0.02):
        other.tell(0, state=TrialState.FAIL)
        time.sleep(0.3)
    assert "Traceback" not in capfd.readouterr().err


def test_living_trials_stay_and_dead_ones_are_tried_again(studies) -> None:
    one, other = studies
    watch = Watch(other, grace=2)
    alive, dead = one.ask(), one.ask()
    dead.suggest_float("x", 0, 1)
    dead.set_user_attr(SIGN, 1.0)  # however long ago by its own clock: only change counts
    with signs_of_life(alive, 0.05):
        watch.look()
        assert states(one) == [TrialState.RUNNING] * 2
        time.sleep(2.2)
        watch.look()
        assert states(one) == [TrialState.RUNNING, TrialState.FAIL, TrialState.WAITING]
        watch.look()
        assert len(one.get_trials()) == 3
    again = one.ask()
    assert again.suggest_float("x", 0, 1) == dead.params["x"]


def test_only_one_of_two_watches_queues_a_dead_trial_again(studies) -> None:
    one, other = studies
    first, second = Watch(one, grace=0.0), Watch(other, grace=0.0)
    one.ask()
    for watch in (first, second):
        watch.look()  # begins to watch
    dead = other.get_trials(deepcopy=False)[0]
    time.sleep(0.01)
    first.look()
    second._give_up(dead)  # it had read the trial before the first one gave it up
    second.look()
    assert states(one) == [TrialState.FAIL, TrialState.WAITING]


def test_retries_end(studies) -> None:
    one, _ = studies
    watch = Watch(one, grace=0.0)
    for _ in range(MAX_RETRIES + 1):
        one.ask()
        watch.look()
        time.sleep(0.01)
        watch.look()
    assert states(one) == [TrialState.FAIL] * (MAX_RETRIES + 1)

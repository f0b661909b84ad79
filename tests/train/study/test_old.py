"""Studies that an older version left, with a trial whose process died, are read and go on.

``old/`` was written at commit 9c8f8b9 from `make_data` and the plan below, by heartbeats of Optuna's kind.
"""

import shutil
from pathlib import Path

from optuna.trial import TrialState

from proxyrank.train.study import StudyData, StudyStorage, read_result, run_study
from proxyrank.train.study.worker import finished

OLD = Path(__file__).parent / "old"


def test_an_old_study_goes_on(data: StudyData, plan, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    shutil.copy(OLD / "journal.jsonl", journal)
    study, before = run_study(data, plan(6), StudyStorage(f"journal:{journal}", heartbeat=1, grace=1))
    assert (before, finished(study)) == (4, 6)
    best = read_result(OLD)
    assert study.trials[best.trial].value == best.values["KT"]
    assert study.trials[4].state == TrialState.FAIL  # it was running when its process died


def test_an_old_result_says_what_to_fit() -> None:
    choice = read_result(OLD).choice
    assert choice.params["num_leaves"] == 18
    assert choice.groups == ("p", "q")

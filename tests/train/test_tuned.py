"""Training by a study: tuned now or adopted from a folder, the same bytes for the same seed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, judge_ranker, make_labels
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.train.fit import FitPlan, fit_ranker
from proxyrank.train.study.plan import StudyPlan
from proxyrank.train.tuned import adopt_study, fit_tuned, study_in_folder, study_remark, train_ranker

SPACE = get_space("nb201")
PLAN = FitPlan(("cell", "paths"), params={"n_estimators": 30}, population="filtered", train_size=40, seed=2)


@pytest.fixture(scope="module")
def labels() -> Labels:
    archs = SPACE.sample(90, seed=4, population="filtered")
    rng = derive_rng("tests/train/fit")
    values = [50 + 7 * a.count("3x3~") - 3 * a.count("avg") + rng.normal() for a in archs]
    return make_labels(archs, np.array(values), name="acc")


def test_tuned_rankers_repeat_themselves_and_keep_stated_parameters(labels: Labels, tmp_path: Path) -> None:
    for name in ("a", "b"):
        fit_tuned(SPACE, labels, PLAN, 7).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    card = ProxyRanker.load(tmp_path / "a").card
    assert card.params["n_estimators"] == 30
    report, _ = judge_ranker(ProxyRanker.load(tmp_path / "a"), labels)
    assert report.to_dict()["KT"] > 0.5


def test_a_limit_of_time_is_kept_and_said(labels: Labels, caplog: pytest.LogCaptureFixture) -> None:
    ranker = fit_tuned(SPACE, labels, PLAN, 500, timeout=0.01)
    assert ranker.card.params["n_estimators"] == 30
    assert "time is up with 1 of 500 trials" in caplog.text


def test_a_study_is_adopted(labels: Labels, tmp_path: Path) -> None:
    report = study_in_folder(SPACE, labels, PLAN, StudyPlan(8, folds=2, repeats=1), tmp_path / "s")
    plan = adopt_study(replace(PLAN, params={"num_leaves": 5}), tmp_path / "s", "nb201")
    assert plan.params == {**report.result.params, "num_leaves": 5}
    assert plan.groups == tuple(report.result.groups)
    assert f"trial {report.result.trial}" in report.result.taken
    ranker = fit_ranker(SPACE, labels, plan)
    assert study_remark(tmp_path / "s", ranker.card) is None
    same, remarks = train_ranker(SPACE, labels, replace(PLAN, params={"num_leaves": 5}), study=tmp_path / "s")
    assert same.card == ranker.card
    assert remarks == ranker.card.notes
    _, remarks = train_ranker(SPACE, labels, replace(PLAN, seed=3), study=tmp_path / "s")
    assert "tuned on other architectures" in remarks[0]
    with pytest.raises(ProxyrankError, match="is of the model lightgbm, expected forest"):
        adopt_study(replace(PLAN, model="forest"), tmp_path / "s", "nb201")


def test_a_committee_that_beats_the_study_s_choice_is_trained(labels: Labels, tmp_path: Path) -> None:
    """Labels that are a line in the columns: Gaussian processes rank them better than few trees."""
    exact = make_labels(
        list(labels.values.index),
        np.array([50 + 7.0 * a.count("3x3~") - 3.1 * a.count("avg") for a in labels.values.index]),
        name="acc",
    )
    free = replace(PLAN, params={})
    out = tmp_path / "s"
    report = study_in_folder(SPACE, exact, free, StudyPlan(1, folds=3, repeats=1), out)
    committee = report.result.committee
    assert "gp" in [member["model"] for member in committee]
    assert report.result.together is not None
    assert report.result.together["KT"] > report.result.values["KT"] + 0.001
    said = [f"{member['weight']} x {member['model']}" for member in committee]
    assert f"train --study takes the committee ({', '.join(said)})" in report.result.taken
    ranker, _ = train_ranker(SPACE, exact, free, study=out)
    assert (ranker.card.model, ranker.card.params["members"]) == ("committee", committee)
    ranker.save(tmp_path / "r")
    archs = list(exact.values.index)
    again = ProxyRanker.load(tmp_path / "r")
    np.testing.assert_array_equal(again.predict(archs), ranker.predict(archs))
    single = adopt_study(replace(free, params={"num_leaves": 5}), out, "nb201")
    assert (single.model, single.params["num_leaves"]) == ("lightgbm", 5)

"""Reports: counts, intervals, hints, and the published rows of rankings by size."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import evaluate_scores, load_labels, make_labels, size_scores
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


def _series(values: list[float] | np.ndarray) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=[f"a{i:05d}" for i in range(len(values))])


def test_perfect_order() -> None:
    labels = _series(np.linspace(10, 94, 200))
    record = evaluate_scores(labels, labels).to_dict()
    assert (record["KT"], record["SPR"], record["top1"], record["n"], record["dropped"]) == (1, 1, 94, 200, 0)
    assert record["nDCG"] == pytest.approx(1, abs=1e-12)
    assert record["KT_top10pct"] == 1
    assert [record[f"regret@{k}"] for k in (1, 10, 100)] == [0, 0, 0]
    assert record["intervals"]["KT"] == [1, 1]
    assert (record["ndcg_k"], record["label"], record["direction"], record["bootstrap"]) == (
        200,
        "label",
        "max",
        200,
    )
    assert record["nDCG_random"] < 0.5


def test_record_is_strict_json_also_without_architectures() -> None:
    record = evaluate_scores(_series([]), _series([])).to_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["n"] == 0
    assert record["KT"] is None
    assert record["reasons"]["KT"] == "undefined (n = 0, at least 2 needed)"


def test_r6_counts_and_reasons() -> None:
    scores, labels = _series(np.arange(10.0)), _series(np.arange(10.0))
    scores.iloc[[2, 5]] = [np.nan, -np.inf]
    record = evaluate_scores(scores, labels).to_dict()
    assert (record["n"], record["dropped"]) == (8, 2)
    assert record["dropped_reasons"] == {"no label": 0, "no score": 2}
    labels.iloc[[1, 2]] = np.nan
    record = evaluate_scores(scores, labels.drop("a00009")).to_dict()
    assert (record["n"], record["dropped"]) == (6, 4)
    assert record["dropped_reasons"] == {"no label": 3, "no score": 1}


def test_labels_missing_in_the_file_count_as_dropped() -> None:
    labels = make_labels(["a", "b", "c", "d"], np.array([1.0, np.nan, 3.0, 4.0]), name="acc")
    record = evaluate_scores(pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}), labels).to_dict()
    assert (record["n"], record["dropped"], record["label"]) == (3, 1, "acc")
    assert record["dropped_reasons"] == {"no label": 1, "no score": 0}
    excluded = evaluate_scores(pd.Series({"a": 1.0, "c": 3.0}), labels, exclude=["a", "b", "zz"]).to_dict()
    assert (excluded["n"], excluded["dropped"], excluded["excluded"]) == (1, 1, 2)


def test_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    scores, labels = _series(rng.integers(0, 9, 50)), _series(rng.uniform(10, 90, 50))
    shuffled = scores.sample(frac=1, random_state=1), labels.sample(frac=1, random_state=2)
    assert evaluate_scores(*shuffled).to_dict() == evaluate_scores(scores, labels).to_dict()


def test_v1_constant_predictions_leave_other_metrics() -> None:
    record = evaluate_scores(_series([5, 5, 5, 5]), _series([1, 2, 3, 4])).to_dict()
    assert record["KT"] is None
    assert record["SPR"] is None
    assert record["reasons"]["KT"] == "undefined (constant predictions)"
    assert record["nDCG"] == pytest.approx(record["nDCG_random"], rel=1e-12)
    assert record["top1"] == 1
    assert record["tied_scores"] == 4
    assert "KT" not in record["intervals"]
    assert any("all predictions tie" in note for note in record["notes"])


def test_v2_missing_prediction() -> None:
    record = evaluate_scores(_series([1, 2, np.nan, 4]), _series([1, 2, 3, 4])).to_dict()
    assert (record["KT"], record["n"], record["dropped"]) == (1, 3, 1)


def test_v8_one_architecture_and_small_k() -> None:
    record = evaluate_scores(_series([1]), _series([93])).to_dict()
    assert all(record[name] is None for name in ("KT", "SPR", "nDCG", "top1", "regret@1", "KT_top10pct"))
    five = evaluate_scores(_series([3, 1, 2, 5, 4]), _series([1, 5, 2, 4, 3]), k=100).to_dict()
    assert five["ndcg_k"] == 5
    assert "nDCG: computed at k = 5, the number of architectures (asked: 100)" in five["notes"]
    assert "regret@10: computed at k = 5, the number of architectures (asked: 10)" in five["notes"]
    with pytest.raises(ProxyrankError, match="k must be at least 1, got 0"):
        evaluate_scores(_series([1, 2]), _series([1, 2]), k=0)


def test_v9_few_architectures_give_a_wide_interval_and_a_note() -> None:
    record = evaluate_scores(_series([1, 2, 4, 3, 5]), _series([10, 20, 30, 40, 50])).to_dict()
    low, high = record["intervals"]["KT"]
    assert low <= record["KT"] <= high
    assert high - low > 0.5
    assert any(note.startswith("n = 5: too few") for note in record["notes"])


def test_t14_negative_direction_draws_a_hint_and_no_flip() -> None:
    labels = _series(np.r_[10.0, 10.0, np.linspace(11, 94, 38)])
    record = evaluate_scores(-labels, labels).to_dict()
    assert record["KT"] == -1
    assert any("strongly negative" in note for note in record["notes"])
    assert evaluate_scores(labels, labels).to_dict()["notes"] == [
        "nDCG: " + _beyond(1000),
        "nDCG_random: " + _beyond(1000),
        "regret@100: " + _beyond(100),
    ]


def _beyond(k: int) -> str:
    return f"computed at k = 40, the number of architectures (asked: {k})"


def test_d10_labels_to_be_minimised() -> None:
    error = np.array([0.06, 0.9, 0.5, 0.2, 0.3])
    labels = make_labels(list("abcde"), error, name="valid_error", direction="min")
    record = evaluate_scores(pd.Series(-error, index=list("abcde")), labels).to_dict()
    assert (record["KT"], record["top1"], record["regret@1"], record["direction"]) == (1, 0.06, 0, "min")
    assert record["nDCG"] == pytest.approx(1, abs=1e-12)
    assert record["gain"] == "2^a - 1, a = 100 (0.9 - y) / (0.9 - 0.06)"
    wrong = evaluate_scores(pd.Series(error, index=list("abcde")), labels).to_dict()
    assert (wrong["KT"], wrong["top1"], wrong["regret@1"]) == (-1, 0.9, pytest.approx(0.84))
    plain = evaluate_scores(pd.Series(-error, index=list("abcde")), labels.values, direction="min").to_dict()
    assert plain["KT"] == 1
    with pytest.raises(ProxyrankError, match="has direction min, got max"):
        evaluate_scores(labels.values, labels, direction="max")


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # tau of a bivariate normal is 2 / pi * arcsin(rho)
    rho, covered = 0.8, 0
    truth = 2 / np.pi * np.arcsin(rho)
    for seed in range(40):
        x, e = np.random.default_rng(seed).normal(size=(2, 80))
        y = rho * x + np.sqrt(1 - rho**2) * e
        low, high = evaluate_scores(_series(x), _series(y), seed=seed, bootstrap=100).intervals["KT"]
        covered += low <= truth <= high
    assert covered >= 33  # 38 of 40 expected at 95 %; with less than 33 it would be a 90 % interval or worse


def test_intervals_are_seeded() -> None:
    rng = np.random.default_rng(0)
    scores, labels = _series(rng.normal(size=40)), _series(rng.normal(size=40))
    first = evaluate_scores(scores, labels).to_dict()
    assert evaluate_scores(scores, labels).to_dict() == first
    assert evaluate_scores(scores, labels, seed=1).to_dict()["intervals"] != first["intervals"]
    assert evaluate_scores(scores, labels, bootstrap=0).to_dict()["intervals"] == {}
    with pytest.raises(ProxyrankError, match="bootstrap must be at least 0"):
        evaluate_scores(scores, labels, bootstrap=-1)


def test_repeated_architecture_is_refused() -> None:
    scores = pd.Series([1.0, 2.0], index=["a", "a"])
    with pytest.raises(ProxyrankError, match="scores hold an architecture twice: a"):
        evaluate_scores(scores, _series([1, 2]))


@pytest.mark.parametrize(
    ("population", "by", "expected"),
    [
        ("filtered", "flops", {"KT": 0.623, "SPR": 0.799, "nDCG": 0.743}),
        ("all", "flops", {"KT": 0.578, "SPR": 0.753, "nDCG": 0.729}),
        ("filtered", "dim", {"KT": 0.626, "SPR": 0.767}),
        ("all", "dim", {"KT": 0.580, "SPR": 0.723}),
    ],
)
def test_published_rows_of_rankings_by_size(
    data_folder: Path, population: str, by: str, expected: dict[str, float]
) -> None:
    labels = load_labels(data_folder / "nb201_accuracy.csv", space=SPACE, label="cifar10")
    archs = SPACE.archs(population)
    scores = size_scores(SPACE, archs, "cifar10")[by]
    record = evaluate_scores(scores, labels.subset(archs)).to_dict()
    assert record["n"] == len(archs)
    assert record["dropped"] == 0
    # printed with three decimals; ties averaged give the printed nDCG
    assert {name: record[name] for name in expected} == pytest.approx(expected, abs=0.0006)
    for name, (low, high) in record["intervals"].items():
        assert low < record[name] < high

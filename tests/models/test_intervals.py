"""Prediction intervals: coverage, quantiles by a literal count, storage, who has none and why."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit

from proxyrank.common.seeds import derive_rng
from proxyrank.models import ProxyRanker
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.intervals import Intervals, conformal_intervals, fit_intervals
from proxyrank.spaces.equal import equal_to_any

SMALL = {"n_estimators": 40}


def _sample(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and accuracies whose error on the logit scale grows towards low predictions."""
    rng = derive_rng("tests/conformal", seed)
    z = rng.uniform(-1, 3, n)
    return 100 * expit(z), 100 * expit(z + (0.1 + 0.3 * expit(-3 * (z - 1))) * rng.standard_t(3, n))


@pytest.mark.parametrize("n", [20, 100, 1000])
def test_coverage_of_fresh_labels(n: int) -> None:
    shares, below = [], []
    for seed in range(30):
        intervals = fit_intervals(*_sample(n, seed))
        predicted, labels = _sample(4000, 1000 + seed)
        low, high = intervals.bounds(predicted)
        shares.append(((low <= labels) & (labels <= high)).mean())
        below.append((labels < low).mean())
    # finite-sample coverage lies in 0.9 .. 0.9 + 2 / (n + 1); 0.02 for the bins fitted to the same residuals
    # and for the mean of 30 draws
    assert 0.88 < np.mean(shares) < 0.92 + 2 / (n + 1)
    assert np.mean(below) == pytest.approx(0.05, abs=0.02 + 1 / (n + 1))


def test_intervals_follow_the_spread() -> None:
    intervals = fit_intervals(*_sample(2000, 1))
    for part in (0, 1):  # coverage holds for low and for high predictions, unlike that of one fixed width
        predicted, labels = _sample(8000, 2)
        half = (predicted > 73) == bool(part)
        low, high = intervals.bounds(predicted[half])
        assert ((low <= labels[half]) & (labels[half] <= high)).mean() == pytest.approx(0.9, abs=0.03)


def test_every_tenth_is_caught_where_noise_is_skewed_and_the_worst_err_most() -> None:
    """Errors s(z) (1 - E), E exponential, z with a long lower tail: shares by the formula, not a sample."""

    def spread(z: np.ndarray) -> np.ndarray:
        return 0.05 + 0.6 * expit(-6 * (z - 0.2))

    z = 2 + 0.5 * np.log((np.arange(4000) + 0.5) / 4000)  # 2 - E / 2 by its quantiles, the lowest first
    tenths = []
    for seed in range(30):
        rng = derive_rng("tests/conformal/skewed", seed)
        drawn = 2 - rng.exponential(0.5, 800)
        labels = drawn + spread(drawn) * (1 - rng.exponential(1, 800))
        low, high = (
            (logit(end / 100) - z) / spread(z)
            for end in fit_intervals(100 * expit(drawn), 100 * expit(labels)).bounds(100 * expit(z))
        )
        caught = np.exp(-np.maximum(0, 1 - high)) - np.exp(-(1 - low))
        tenths.append([part.mean() for part in np.array_split(caught, 10)])
    means = np.mean(tenths, axis=0)
    assert 0.885 < means.mean() < 0.92
    assert means.min() > 0.875  # .84 in the lowest by bins of equal size
    assert means.max() < 0.95


def test_quantiles_are_those_of_a_literal_count() -> None:
    predicted, labels = _sample(39, 5)  # one bin: the spread is one number
    intervals = fit_intervals(predicted, labels)
    residuals = logit(labels / 100) - logit(predicted / 100)
    spread = np.abs(residuals).mean() + 2 * np.abs(residuals).std() / np.sqrt(39)
    ordered = sorted(residuals / spread)
    assert intervals.spreads == pytest.approx([spread])
    assert intervals.high == pytest.approx(ordered[38 - 1])  # ceil(0.95 * 40) = 38th smallest
    assert intervals.low == pytest.approx(ordered[39 - 38])  # and the 38th largest
    low, high = intervals.bounds(np.array([60.0]))
    ends = logit(0.6) + spread * np.array([ordered[1], ordered[37]])
    assert [low[0], high[0]] == pytest.approx(list(100 * expit(ends)))


def test_minimised_labels_mirror() -> None:
    predicted, labels = _sample(200, 3)
    low, high = fit_intervals(predicted, labels).bounds(predicted)
    mirrored = fit_intervals(100 - predicted, 100 - labels, direction="min").bounds(100 - predicted)
    np.testing.assert_allclose(mirrored[0], 100 - high, rtol=1e-9)
    np.testing.assert_allclose(mirrored[1], 100 - low, rtol=1e-9)
    assert (low <= predicted).all()
    assert (predicted <= high).all()


def test_networks_that_did_not_learn_count_when_the_width_is_found() -> None:
    """A model fitted to fenced labels predicts no lower than the fence; some labels lie far below it."""

    def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
        rng = derive_rng("tests/conformal/unlearnt", seed)
        z = np.append(rng.uniform(1, 2, 900), rng.uniform(-1.5, -1, 100))
        label = z + rng.normal(0, 0.1, 1000)
        label[900:] -= rng.exponential(1.5, 100)
        return 100 * expit(z), 100 * expit(label)

    low, high = fit_intervals(*sample(1)).bounds((fresh := sample(2))[0])
    inside = (low <= fresh[1]) & (fresh[1] <= high)
    assert inside.mean() == pytest.approx(0.9, abs=0.03)
    assert inside[900:].mean() > 0.87  # .4 with labels raised to the fence


class _Memory:
    """A model that knows the labels of the groups it saw, and answers 50 otherwise."""

    score_is_label = True
    oof_score_ = None
    label_sees_oof = False
    interval_folds = 10

    def __init__(self) -> None:
        self.known: dict[float, float] = {}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {}

    def fit(self, X: np.ndarray, y: np.ndarray) -> "_Memory":
        self.known = dict(zip(X[:, 0], y, strict=True))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.array([self.known.get(x, 50.0) for x in X[:, 0]])


def test_equal_networks_stay_in_one_fold() -> None:
    X = np.repeat(np.arange(30.0), 2)[:, None]
    y = 60 + np.repeat(np.arange(30.0), 2) / 2
    model = _Memory().fit(X, y)
    kept, _ = conformal_intervals(model, X, y, groups=list(X[:, 0]), context={}, direction="max")
    leaked, _ = conformal_intervals(model, X, y, groups=range(60), context={}, direction="max")
    assert kept is not None
    assert leaked is not None
    assert sum(leaked.spreads) < 0.5 * sum(kept.spreads)


def test_residuals_are_those_of_networks_trained_once() -> None:
    """Twins, of which a model is surer, do not narrow what is promised for networks that have none."""
    rng = derive_rng("tests/conformal/once")
    groups = [*range(60), *np.repeat(np.arange(60, 80), 3)]
    y = rng.uniform(20, 90, 120)
    model = _Memory()
    model.oof_score_ = y + rng.normal(0, np.where(np.arange(120) < 60, 4.0, 0.1))  # type: ignore[assignment]
    model.label_of = lambda score: score  # type: ignore[attr-defined]
    found, _ = conformal_intervals(model, np.zeros((120, 1)), y, groups=groups, context={}, direction="max")
    alone = fit_intervals(model.oof_score_[:60], y[:60], source="own")  # type: ignore[index]
    assert found is not None
    assert found.model_copy(update={"seen_centres": [], "seen": []}) == alone
    assert found.rows == 60


def test_networks_that_equal_a_trained_one_have_narrower_intervals_that_catch_as_many() -> None:
    """The label of a network trained once more, of a model that moves .7 of the way to labels it sees."""
    rng = derive_rng("tests/conformal/twins")
    groups = [*range(300), *np.repeat(np.arange(300, 420), 2)]
    known = rng.uniform(1, 2, 420)  # what the model makes of a network that it has not seen
    truth = known + rng.normal(0, 0.3, 420)
    labels = truth[groups] + rng.normal(0, 0.1, len(groups))
    mean = np.array([labels[np.array(groups) == i].mean() for i in range(420)])
    fitted = known + 0.7 * (mean - known)
    model = _Memory()
    model.oof_score_ = 100 * expit(known[groups])  # type: ignore[assignment]
    model.label_of = lambda score: score  # type: ignore[attr-defined]
    model.predict = lambda X: 100 * expit(fitted[groups])  # type: ignore[method-assign]
    found, _ = conformal_intervals(
        model, np.zeros((540, 1)), 100 * expit(labels), groups=groups, context={}, direction="max"
    )
    assert found is not None
    again = 100 * expit(truth[:300] + rng.normal(0, 0.1, 300))
    shares = []
    for seen in (np.ones(300, dtype=bool), None):
        low, high = found.bounds(100 * expit(fitted[:300]), seen)
        shares.append(((low <= again) & (again <= high)).mean())
    assert shares[0] == pytest.approx(0.9, abs=0.04)  # .017 is the standard error of 300 draws
    assert shares[1] > 0.98
    assert max(found.seen) < 0.6
    apart, _ = conformal_intervals(
        model, np.arange(540.0)[:, None], 100 * expit(labels), groups=groups, context={}, direction="max"
    )
    assert apart == found.model_copy(update={"seen_centres": [], "seen": []})  # they look different to it


def test_own_out_of_fold_scores_are_used() -> None:
    rng = derive_rng("tests/conformal/own")
    y = rng.uniform(20, 90, 100)
    model = _Memory()
    model.label_sees_oof = True
    model.oof_score_ = y / 100 + rng.normal(0, 0.02, 100)  # type: ignore[assignment]
    intervals, why = conformal_intervals(
        model, np.zeros((100, 1)), y, groups=range(100), context={}, direction="max"
    )
    assert why is None
    assert intervals is not None
    assert intervals.source == "own"
    low, high = intervals.bounds(np.array([50.0]))
    assert 3 < high[0] - low[0] < 12  # an error of 2 points: 6.6 points wide


def test_scores_of_a_model_with_a_map_of_its_own_go_through_it() -> None:
    rng = derive_rng("tests/conformal/map")
    y = rng.uniform(20, 90, 100)
    model = _Memory()
    model.oof_score_ = y + rng.normal(0, 2, 100)  # type: ignore[assignment]
    model.label_of = lambda score: score - 10  # type: ignore[attr-defined]
    found, _ = conformal_intervals(
        model, np.zeros((100, 1)), y, groups=range(100), context={}, direction="max"
    )
    assert found is not None
    low, high = found.bounds(np.array([50.0]))  # labels are 10 above what it predicts, which it holds too
    assert low[0] == 50
    assert 60 < high[0] < 67


def test_who_has_none_and_why(cells: list[str], labels: np.ndarray) -> None:
    few = ProxyRanker("paths", params=SMALL, intervals=True).fit(cells[:19], labels[:19])
    assert few.card.intervals is None
    assert any("at least 20 labels" in note for note in few.card.notes)
    assert "low" not in few.rank(cells)
    unitless = ProxyRanker("paths", params={**SMALL, "objective": "lambdarank"}, intervals=True)
    assert any("predicts no label" in note for note in unitless.fit(cells, labels).card.notes)
    X = np.arange(40.0)[:, None]
    nearly = np.array([1.0] * 39 + [2.0])
    model = LightGBMRanker(n_estimators=5).fit(X, nearly)
    found, why = conformal_intervals(model, X, nearly, groups=range(40), context={}, direction="max")
    assert found is None
    assert "all equal" in str(why)


def test_ranks_and_folders_carry_intervals(cells: list[str], labels: np.ndarray, tmp_path: Path) -> None:
    ranker = ProxyRanker("paths", params=SMALL, intervals=True).fit(cells[:40], labels[:40])
    ranked = ranker.rank(cells[40:])
    assert list(ranked.columns) == ["rank", "arch", "score", "predicted", "low", "high"]
    assert (ranked["low"] < ranked["predicted"]).all()
    assert (ranked["predicted"] < ranked["high"]).all()
    alone = ranker.rank(cells[50:51]).iloc[0]
    together = ranked.set_index("arch").loc[cells[50]]
    assert (alone[["low", "high"]] == together[["low", "high"]]).all()
    again = ProxyRanker("paths", params=SMALL, intervals=True).fit(cells[:40][::-1], labels[:40][::-1])
    ranker.save(tmp_path / "a")
    again.save(tmp_path / "b")
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    loaded = ProxyRanker.load(tmp_path / "a")
    assert loaded.card.intervals == ranker.card.intervals
    assert loaded.rank(cells[40:]).equals(ranked)
    card = json.loads((tmp_path / "a" / "ranker.json").read_text())
    del card["intervals"]  # a folder written before there were intervals
    (tmp_path / "a" / "ranker.json").write_text(json.dumps(card))
    assert list(ProxyRanker.load(tmp_path / "a").rank(cells[:3]).columns) == list(ranked.columns)[:4]


def test_a_rank_narrows_what_equals_a_trained_network(cells: list[str], labels: np.ndarray) -> None:
    ranker = ProxyRanker("paths", params=SMALL, intervals=True).fit(cells[:40], labels[:40])
    asked = sorted({*cells, *ranker.search_space.sample(600, seed=1, population="filtered")})
    before = ranker.rank(asked).set_index("arch")
    narrower = ranker.card.intervals.model_copy(update={"seen_centres": [0.0], "seen": [0.5]})
    ranker.card = ranker.card.model_copy(update={"intervals": narrower})
    after = ranker.rank(asked).set_index("arch")
    change = ((after["high"] - after["low"]) / (before["high"] - before["low"])).loc[asked]
    seen = np.array(equal_to_any(ranker.search_space, asked, cells[:40]))
    assert (change[seen] < 0.7).all()
    assert (change[~seen] == 1).all()
    assert sum(seen) > 40  # others than the trained ones themselves


def test_plain_data_round_trip() -> None:
    intervals = fit_intervals(*_sample(60, 1))
    assert Intervals.model_validate_json(intervals.model_dump_json()) == intervals


def test_x12_intervals_hold_their_prediction_and_have_a_width() -> None:
    """Predictions of a forest on raw labels lie beyond the fence and beyond the clipped ends of the scale."""
    rng = derive_rng("tests/conformal/fence")
    z = np.append(rng.uniform(1, 2, 380), rng.uniform(-4, -3, 20))
    predicted, labels = 100 * expit(z), 100 * expit(z + rng.normal(0, 0.3, 400))
    intervals = fit_intervals(predicted, labels)
    low, high = intervals.bounds(predicted)
    inside = (low <= labels) & (labels <= high)
    assert inside[380:].mean() >= 0.75  # next to none where labels are raised to the fence
    asked = np.concatenate([[0.0, 0.001, 100.0], np.linspace(0.0, 100.0, 500)])
    for found in (intervals, fit_intervals(labels, labels)):
        low, high = found.bounds(asked)
        assert (low <= asked).all()
        assert (asked <= high).all()
        assert (low < high).all()

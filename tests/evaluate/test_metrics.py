"""Metrics against scipy, scikit-learn, literal transcriptions and the hand cases of the field."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import ndcg_score

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import (
    kendall_tau,
    label_gains,
    ndcg,
    random_ndcg,
    regret,
    spearman,
    top1,
    top_share_tau,
)


def literal_ndcg(scores: list[float], accuracies: list[float], k: int) -> float:
    """The definition in words: gains 2^a - 1, discount log2(1 + place), ties in input order."""

    def dcg(order: list[int]) -> float:
        return sum(
            (2 ** accuracies[i] - 1) / math.log2(place + 1) for place, i in enumerate(order[:k], start=1)
        )

    places = range(len(scores))
    return dcg(sorted(places, key=lambda i: -scores[i])) / dcg(sorted(places, key=lambda i: -accuracies[i]))


def literal_tau_b(x: list[float], y: list[float]) -> float:
    """Concordant minus discordant pairs over the geometric mean of the untied pairs of each side."""
    pairs = [(np.sign(x[i] - x[j]), np.sign(y[i] - y[j])) for i in range(len(x)) for j in range(i)]
    return sum(a * b for a, b in pairs) / math.sqrt(
        sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)
    )


@pytest.mark.parametrize("seed", range(5))
def test_correlations_with_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 8, 40).astype(float), rng.integers(0, 8, 40).astype(float)
    # rounding at the 14th decimal
    assert kendall_tau(x, y).value == pytest.approx(literal_tau_b(list(x), list(y)), abs=1e-13)
    expected = np.corrcoef(stats.rankdata(x), stats.rankdata(y))[0, 1]
    assert spearman(x, y).value == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("k", [1, 3, 10, 50])
@pytest.mark.parametrize("seed", range(3))
def test_ndcg_is_the_literal_formula(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.uniform(10, 94, 50)
    scores = labels + rng.normal(0, 30, 50)
    gains, rule = label_gains(labels)
    assert "percent" in rule
    # double precision sums of 50 terms
    assert ndcg(scores, gains, k).value == pytest.approx(
        literal_ndcg(list(scores), list(labels), k), rel=1e-12
    )
    expected = ndcg_score(gains[None], scores[None], k=k, ignore_ties=True)
    assert ndcg(scores, gains, k).value == pytest.approx(expected, rel=1e-12)


def test_ndcg_with_ties_is_the_mean_over_their_orders() -> None:
    labels = [60.0, 63.0, 61.0, 62.5, 62.0]
    scores = np.array([2.0, 1.0, 1.0, 1.0, 0.0])
    gains, _ = label_gains(np.array(labels))
    orders = [literal_ndcg([9.0, *map(float, order), 0.0], labels, 3) for order in permutations((1, 2, 3))]
    assert ndcg(scores, gains, 3).value == pytest.approx(np.mean(orders), rel=1e-12)
    in_order = literal_ndcg(list(scores), labels, 3)
    assert ndcg(scores, gains, 3, ignore_ties=True).value == pytest.approx(in_order, rel=1e-12)


def test_random_ndcg_is_the_mean_over_all_orders() -> None:
    labels = [1.0, 3.0, 2.0, 4.5, 0.5]
    gains, _ = label_gains(np.array(labels))
    values = [literal_ndcg(list(map(float, order)), labels, 3) for order in permutations(range(5))]
    assert random_ndcg(gains, 3).value == pytest.approx(np.mean(values), rel=1e-12)
    assert random_ndcg(gains, 3).value == pytest.approx(ndcg(np.zeros(5), gains, 3).value, rel=1e-12)


def test_gains_of_percent_fractions_and_errors() -> None:
    labels = np.array([10.0, 50.0, 94.37])
    gains, _ = label_gains(labels)
    np.testing.assert_allclose(gains, [(2**a - 1) / (2**94.37 - 1) for a in labels], rtol=1e-12)
    fractions, rule = label_gains(np.array([0.1, 0.9, 0.5]))
    np.testing.assert_allclose(fractions, [0, 1, (2**50 - 1) / (2**100 - 1)], rtol=1e-12)
    assert rule == "2^a - 1, a = 100 (y - 0.1) / (0.9 - 0.1)"
    errors, rule = label_gains(np.array([90.0, 10.0, 50.0]), "min")
    np.testing.assert_allclose(errors, [0, 1, (2**50 - 1) / (2**100 - 1)], rtol=1e-12)
    assert rule == "2^a - 1, a = 100 (90 - y) / (90 - 10)"
    assert np.isfinite(label_gains(np.array([-1.7e308, 1.7e308, 0.0]))[0]).all()


def test_v1_constant_predictions_or_labels() -> None:
    for metric in (kendall_tau, spearman):
        assert metric([5, 5, 5, 5], [1, 2, 3, 4]).reason == "undefined (constant predictions)"
        assert metric([1, 2, 3, 4], [5, 5, 5, 5]).reason == "undefined (constant labels)"
        assert metric([5, 5], [1, 2]).value is None
    assert top1([5, 5, 5, 5], [1, 2, 3, 4]).value == 1
    assert "tie" in (top1([5, 5, 5, 5], [1, 2, 3, 4]).note or "")
    assert ndcg([1, 2, 3], [1, 1, 1]).reason == "undefined (constant labels)"


def test_v2_pairs_with_a_missing_side_are_dropped() -> None:
    scores, labels = [1, 2, np.nan, 4, np.inf], [1, 2, 3, 4, 0]
    assert kendall_tau(scores, labels).value == 1
    assert spearman(scores, labels).value == 1
    assert top1(scores, labels).value == 4
    assert kendall_tau([1, np.nan], [1, 2]).reason == "undefined (n = 1, at least 2 needed)"


def test_v3_ties_are_tau_b() -> None:
    assert kendall_tau([1, 2, 2, 3], [1, 2, 3, 3]).value == pytest.approx(0.8, abs=1e-13)


def test_v4_ndcg_with_negative_labels() -> None:
    labels = np.array([-0.89, -0.53, -0.47, 0.39, 0.56])
    scores = np.array([0.07, 0.31, 0.75, 0.33, 0.27])
    gains, _ = label_gains(labels)
    a = list(100 * (labels + 0.89) / 1.45)
    value = ndcg(scores, gains, 5).value
    assert value == pytest.approx(literal_ndcg(list(scores), a, 5), rel=1e-9)  # a itself is rounded
    assert 0 <= value <= 1
    with pytest.raises(ProxyrankError, match="not be negative"):
        ndcg(scores, labels)


def test_v4_ndcg_never_exceeds_one_by_a_rounding() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        gains = 10 * rng.random(rng.integers(2, 60))
        assert ndcg(gains, gains).value == 1  # as scikit-learn sums, a third of them are 1.0000000000000002
        nearly = np.full(len(gains), gains[0])
        nearly[0] = np.nextafter(nearly[0], 0)  # constant gains have no nDCG
        assert random_ndcg(nearly).value == 1


def test_v6_reversed_close_accuracies_are_far_from_perfect() -> None:
    labels = np.linspace(90, 92, 20)
    gains, _ = label_gains(labels)
    worst, chance = ndcg(-labels, gains).value, random_ndcg(gains).value
    assert ndcg(labels, gains).value == pytest.approx(1, abs=1e-12)
    assert worst is not None
    assert chance is not None
    assert worst < 0.8
    assert worst < chance - 0.05


def test_v7_no_relevant_item() -> None:
    gains, _ = label_gains(np.zeros(4))
    for metric in (ndcg([1, 2, 3, 4], gains), random_ndcg(gains)):
        assert metric.value is None
        assert metric.reason == "undefined (no relevant architecture: every gain is zero)"


def test_v8_one_architecture_and_k_beyond_n() -> None:
    one = [kendall_tau([1], [1]), spearman([1], [1]), ndcg([1], [1]), top1([1], [1]), regret([1], [1], 1)]
    one += [random_ndcg([1]), top_share_tau([1], [1])]
    assert all(metric.value is None and "n = 1" in (metric.reason or "") for metric in one)
    gains, _ = label_gains(np.array([1.0, 5.0, 2.0, 4.0, 3.0]))
    scores = [3, 1, 2, 5, 4]
    beyond = ndcg(scores, gains, 100)
    assert beyond.value == ndcg(scores, gains, 5).value
    assert beyond.note == "computed at k = 5, the number of architectures (asked: 100)"
    assert random_ndcg(gains, 100).value == random_ndcg(gains, 5).value
    for wrong in (
        lambda: ndcg(scores, gains, 0),
        lambda: regret(scores, gains, 0),
        lambda: random_ndcg(gains, 0),
    ):
        with pytest.raises(ProxyrankError, match="k must be at least 1"):
            wrong()


def test_v10_top_share_sees_what_the_whole_hides() -> None:
    labels = np.arange(100.0)
    values = []
    for seed in range(20):
        scores = labels.copy()
        scores[90:] = 90 + np.random.default_rng(seed).permutation(10)
        assert kendall_tau(scores, labels).value > 0.98
        assert top_share_tau(scores, labels).value == kendall_tau(scores[90:], labels[90:]).value
        values.append(top_share_tau(scores, labels).value)
    assert abs(np.mean(values)) < 0.2  # sd of tau of 10 random values is 0.25, of the mean of 20 it is 0.055
    assert top_share_tau(labels, -labels, direction="min").value == 1
    tied = np.array([1.0, 2.0, 3.0, 3.0, 3.0])
    assert top_share_tau(np.arange(5), tied, 0.2).reason == "undefined (constant labels)"
    with pytest.raises(ProxyrankError, match="share"):
        top_share_tau(labels, labels, 0)


@pytest.mark.parametrize("n", [2, 3, 200, 15_625])
def test_v11_perfect_order_of_any_size(n: int) -> None:
    order = np.arange(n)
    assert kendall_tau(order, order).value == 1
    assert kendall_tau(order, -order).value == -1
    assert spearman(order, order).value == 1


def test_top1_and_regret() -> None:
    scores, labels = [0.1, 0.9, 0.9, 0.5], [94.0, 92.0, 95.0, 93.0]
    assert top1(scores, labels).value == 92  # the first of the tied
    assert [regret(scores, labels, k).value for k in (1, 2, 4)] == [3, 0, 0]
    errors = [0.06, 0.3, 0.2, 0.1]
    assert top1(scores, errors).value == 0.3
    assert regret(scores, errors, 2, "min").value == pytest.approx(0.14)
    assert (
        regret(scores, errors, 9, "min").note == "computed at k = 4, the number of architectures (asked: 9)"
    )


def test_shapes_must_agree() -> None:
    with pytest.raises(ProxyrankError, match="one length"):
        kendall_tau([1, 2], [1, 2, 3])

"""TreeSHAP: sums to the score, equals brute-force Shapley values, groups and percentiles."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import EnsembleRanker, LightGBMRanker, ProxyRanker
from proxyrank.models.explain import explain_arch, shap_importances
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


@pytest.fixture(scope="module")
def ranker() -> ProxyRanker:
    archs = SPACE.sample(80, seed=1, population="filtered")
    labels = [90 - 3 * arch.count("none") - 2 * arch.count("pool") for arch in archs]
    return ProxyRanker(groups="graf,paths", intervals=True).fit(archs, labels)


def _expected(node: dict, row: np.ndarray, known: set[int]) -> float:
    """Mean of a tree over its training rows, but following the row where the feature is known."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    left, right = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        return _expected(left if row[node["split_feature"]] <= node["threshold"] else right, row, known)
    counts = [child.get("internal_count", child.get("leaf_count")) for child in (left, right)]
    values = [_expected(child, row, known) for child in (left, right)]
    return float(np.average(values, weights=counts))


def test_contributions_are_the_shapley_values_by_brute_force():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 3))
    y = 50 + 10 * X[:, 0] * (X[:, 1] > 0) + X[:, 2]
    model = LightGBMRanker("none", n_estimators=3, num_leaves=5, colsample_bytree=1.0).fit(X, y)
    trees = [info["tree_structure"] for info in model.booster_.dump_model()["tree_info"]]
    row = X[7]

    def value(known: tuple[int, ...]) -> float:
        return sum(_expected(tree, row, set(known)) for tree in trees)

    for feature in range(3):
        others = [i for i in range(3) if i != feature]
        shapley = 0.0
        for size in range(3):
            weight = factorial(size) * factorial(2 - size) / factorial(3)
            for known in combinations(others, size):
                shapley += weight * (value((*known, feature)) - value(known))
        assert model.contributions(row[None])[0, feature] == pytest.approx(shapley, abs=1e-9)


def test_contributions_sum_to_the_score(ranker):
    X = ranker.matrix(SPACE.sample(20, seed=5)).to_numpy()
    np.testing.assert_allclose(
        ranker.estimator.contributions(X).sum(axis=1), ranker.estimator.rank_score(X), rtol=1e-9
    )


def test_explanation_of_one_architecture(ranker):
    arch = SPACE.sample(1, seed=9)[0]
    found = explain_arch(ranker, arch)
    assert found.score == pytest.approx(ranker.rank([arch])["score"][0])
    assert found.table["contribution"].sum() + found.base == pytest.approx(found.score)
    assert found.table["contribution"].abs().is_monotonic_decreasing
    assert found.table["percentile"].between(0, 100).all()
    nones = found.table.set_index("feature").loc["op_count_none"]
    key = SPACE.function_key(arch)
    equal = [other for other in SPACE.archs(ranker.card.pool) if SPACE.function_key(other) == key]
    assert nones["value"] == pytest.approx(sum(other.count("none") for other in equal) / len(equal))


def test_importances_by_feature_and_group(ranker):
    by_feature, by_group = shap_importances(ranker)
    assert set(by_group["group"]) == {"graf", "paths"}
    assert by_feature["share"].sum() == pytest.approx(1.0)
    assert len(by_feature) == len(ranker.card.feature_names)


def test_ensembles_explain_their_trees(problem):
    X, y = problem(40, 6)
    model = EnsembleRanker(folds=2, steps=5, tree_share=0.2).fit(X, y)
    shares = model.contributions(X)
    assert shares.shape == (40, 7)
    first = model.members_[3]
    assert np.isfinite(shares).all()
    assert first.target == "logit"


def test_models_without_trees_say_so():
    archs = SPACE.sample(30, seed=1)
    forest = ProxyRanker(groups="graf", model="forest").fit(archs, np.linspace(50, 90, 30))
    with pytest.raises(
        ProxyrankError, match="forest does not explain its scores; train with lightgbm or ens"
    ):
        explain_arch(forest, archs[0])

"""A committee against the mean of its members by hand, the columns that each sees, what is refused."""

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import CommitteeRanker, GaussianProcessRanker, LightGBMRanker
from proxyrank.models.estimators.columns import kept_columns, order_columns

TREES = {"model": "lightgbm", "params": {"n_estimators": 30}}
PROCESS = {"model": "gp", "params": {"engine": "numpy", "steps": 5, "target": "none"}}


def logit(percent: np.ndarray) -> np.ndarray:
    return np.log(percent / (100 - percent))


def test_a_score_is_the_weighted_mean_of_predicted_labels_on_the_logit_scale(problem):
    X, y = problem(60, 4)
    model = CommitteeRanker([{**TREES, "weight": 3}, PROCESS], random_state=7).fit(X[:40], y[:40])
    trees = LightGBMRanker(n_estimators=30, random_state=7).fit(X[:40], y[:40])
    process = GaussianProcessRanker("none", engine="numpy", steps=5).fit(X[:40], y[:40])
    expected = 0.75 * logit(trees.predict(X)) + 0.25 * logit(np.clip(process.predict(X), 0.05, 99.95))
    np.testing.assert_allclose(model.rank_score(X), expected, atol=2e-3)  # the scale is cut near 0 and 100
    np.testing.assert_allclose(model.predict(X), 100 / (1 + np.exp(-model.rank_score(X))), rtol=1e-6)


def test_members_see_their_families_and_the_most_useful_share_of_them(problem):
    X, y = problem(50, 30)
    families = {"a": range(20), "b": range(20, 30)}
    members = [{**TREES, "families": ["a"], "columns": 0.5}, {**TREES, "families": ["b"]}]
    model = CommitteeRanker(members).fit(X, y, families=families)
    order = order_columns(X[:, :20], y, direction="max", seed=0)
    assert model.columns_[0].tolist() == kept_columns(order, 0.5).tolist()
    assert model.columns_[1].tolist() == list(range(20, 30))
    assert model.used_columns_ == {*model.columns_[0].tolist(), *range(20, 30)}
    assert (model.feature_importances_[[i for i in range(20) if i not in model.columns_[0]]] == 0).all()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "at least one member, got none"),
        ([{"model": "oracle"}], "unknown model 'oracle'"),
        ([{"model": "lightgbm", "params": {"objective": "lambdarank"}}], "predicts labels, LightGBMRanker"),
        ([{"model": "gp", "params": {"target": "cube"}}], "unknown target 'cube'"),
    ],
)
def test_what_cannot_be_a_member_is_refused(problem, members, message):
    with pytest.raises(ProxyrankError, match=message):
        CommitteeRanker(members).fit(*problem(20, 3))

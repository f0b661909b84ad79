"""The ensemble: independence of company, columns chosen where they pay, out-of-fold scores, storage."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from proxyrank.evaluate import load_labels
from proxyrank.models import EnsembleRanker, ProxyRanker
from proxyrank.models.catalogue import default_model
from proxyrank.models.estimators import _recipes as known
from proxyrank.models.estimators._scoring import member_scores
from proxyrank.models.parts.ranks import fit_rank_map
from proxyrank.spaces import get_space
from proxyrank.train.digits import digits_table

SMALL = {"folds": 3, "steps": 8, "tree_share": 0.2}


@pytest.fixture(scope="module")
def digits():
    space = get_space("nb201")
    return space, load_labels(digits_table(), space=space, label="digits").values


def test_rank_map_is_the_share_beaten_and_keeps_order_beyond_the_ends():
    reference = np.array([1.0, 2.0, 2.0, 5.0])
    mapped = fit_rank_map(reference)
    np.testing.assert_allclose(mapped(reference), [1 / 8, 1 / 2, 1 / 2, 7 / 8])
    wide = np.array([-100.0, 0.0, 1.0, 5.0, 6.0, 1000.0])
    assert (np.diff(mapped(wide)) > 0).all()


def test_score_of_one_architecture_does_not_depend_on_the_others(problem):
    X, y = problem(60, 6)
    model = EnsembleRanker(**SMALL).fit(X[:40], y[:40], pool=X)
    np.testing.assert_array_equal(model.rank_score(X)[7:9], model.rank_score(X[7:9]))


def test_restored_ensemble_is_the_same(problem):
    X, y = problem(50, 6)
    model = EnsembleRanker(direction="min", **SMALL).fit(X, 100 - y)
    state, files = model.export()
    again = EnsembleRanker.restore(state, files)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(again.feature_importances_, model.feature_importances_)
    assert again.export() == (state, files)


def test_out_of_fold_scores_are_honest(problem):
    X, y = problem(80, 6)
    noise = np.random.default_rng(0).permutation(y)
    model = EnsembleRanker(**SMALL).fit(X, noise)
    assert abs(kendalltau(model.oof_score_, noise)[0]) < 0.25  # nothing to learn, nothing claimed
    assert kendalltau(model.rank_score(X), noise)[0] > 0.3  # though it remembers the training rows
    model = EnsembleRanker(**SMALL).fit(X, y)
    assert kendalltau(model.oof_score_, y)[0] > 0.6


def test_equal_networks_stay_in_one_fold(problem):
    X, y = problem(30, 4)
    twice, labels = np.repeat(X, 2, axis=0), np.repeat(y, 2)
    rng = np.random.default_rng(1)
    labels = rng.permutation(labels.reshape(-1, 2)).ravel()  # nothing but the twin tells
    groups = [i // 2 for i in range(60)]
    apart = EnsembleRanker(**SMALL).fit(twice, labels, groups=groups)
    leaking = EnsembleRanker(**SMALL).fit(twice, labels)
    assert kendalltau(leaking.oof_score_, labels)[0] > 0.5
    assert abs(kendalltau(apart.oof_score_, labels)[0]) < 0.35


def test_few_labels_use_the_few_families(problem):
    X, y = problem(40, 9)
    families = {"graf": [0, 1], "cell": [2], "paths": [3, 4], "flow": [5, 6], "zcs": [7, 8]}
    model = EnsembleRanker(**SMALL).fit(X, y, families=families)
    targets, trees = len(known.FEW.process_targets), len(known.FEW.tree_targets)
    seen = [[3, 4, 5, 6]] * targets + [[2, 3, 4, 5, 6]] * targets + [[3, 4, 5, 6]] * trees
    assert [columns.tolist() for columns in model.columns_] == seen
    assert (model.feature_importances_[[0, 1, 7, 8]] == 0).all()
    del families["cell"]
    assert len(EnsembleRanker(**SMALL).fit(X, y, families=families).members_) == targets + trees


def test_network_families_join_only_where_they_pay(monkeypatch):
    monkeypatch.setattr(known, "FEW_LABELS", 10)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 6))
    families = {"paths": [0, 1, 2], "zcs": [3, 4, 5]}
    useless = EnsembleRanker(**SMALL).fit(X, X[:, 0] + 0.1 * rng.standard_normal(90), families=families)
    assert useless.columns_[0].tolist() == [0, 1, 2]
    useful = EnsembleRanker(**SMALL).fit(X, X[:, 0] + X[:, 4], families=families)
    targets = len(known.MANY.process_targets)
    seen = [columns.tolist() for columns in useful.columns_[: 2 * targets]]
    assert seen == [[0, 1, 2]] * targets + [[0, 1, 2, 3, 4, 5]] * targets  # beside those of the graph
    monkeypatch.setattr(known, "MANY", replace(known.MANY, beside=False, scalings=()))
    instead = EnsembleRanker(**SMALL).fit(X, X[:, 0] + X[:, 4], families=families)
    assert [columns.tolist() for columns in instead.columns_[:targets]] == seen[targets:]
    assert instead.columns_[targets].tolist() == [0, 1, 2]  # the first tree


def test_processes_of_ranked_columns_stand_beside_where_there_are_network_families(monkeypatch):
    monkeypatch.setattr(known, "FEW_LABELS", 10)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 6))
    y = X[:, 0] + 0.1 * rng.standard_normal(90)
    model = EnsembleRanker(**SMALL).fit(X, y, families={"paths": [0, 1, 2], "zcs": [3, 4, 5]})
    targets = len(known.MANY.process_targets)
    scalings = [member.scaling for member in model.members_[: 3 * targets]]
    assert scalings == ["standard"] * targets + ["normal"] * targets + ["uniform"] * targets
    assert {len(columns) for columns in model.columns_[targets : 3 * targets]} == {6}
    rows = [member.fit_rows for member in model.members_[: 3 * targets : targets]]
    assert rows == [None, known.MANY.draw, known.MANY.draw]
    alone = EnsembleRanker(**SMALL).fit(X[:, :3], y, families={"paths": [0, 1, 2]})
    assert [member.scaling for member in alone.members_[:targets]] == ["standard"] * targets
    assert len(alone.members_) == targets + len(known.MANY.tree_targets)


def test_members_scored_together_have_the_bytes_of_each_alone(problem):
    X, y = problem(50, 6)
    rows = np.vstack([X, X[:20]])
    rows[3, 2] = np.nan
    model = EnsembleRanker(**SMALL).fit(X, y, pool=rows)
    together = member_scores(model.members_, model.columns_, rows)
    for member, columns, score in zip(model.members_, model.columns_, together, strict=True):
        np.testing.assert_array_equal(score, member.rank_score(rows[:, columns]))


def test_proxy_ranker_averages_equal_networks_and_answers_alike_after_loading(digits, tmp_path):
    space, labels = digits
    archs = list(labels.index[:60])
    ranker = ProxyRanker(groups="graf,paths,flow", model="ensemble", params=SMALL)
    ranker.fit(archs, labels[archs])
    assert ranker.card.pool == "filtered"
    assert ranker.card.averaged == ["graf"]
    classes = pd.Series({arch: space.function_key(arch) for arch in space.archs("filtered")})
    some = classes[classes.duplicated(keep=False)].sort_values().index[:6]
    wanted = [*some, *space.sample(20, seed=3)]
    scores = ranker.rank(wanted).set_index("arch")["score"]
    for a, b in pairwise(some):
        if classes[a] == classes[b]:
            assert scores[a] == scores[b]
    ranker.save(tmp_path / "r")
    again = ProxyRanker.load(tmp_path / "r")
    pd.testing.assert_frame_equal(again.rank(wanted), ranker.rank(wanted), check_exact=True)
    pd.testing.assert_series_equal(
        again.rank(wanted[:3]).set_index("arch")["score"].sort_index(),
        scores[wanted[:3]].sort_index(),
        check_exact=True,
    )
    again.save(tmp_path / "again")
    for file in (tmp_path / "r").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_ten_labels_are_enough_to_start(digits):
    _, labels = digits
    archs = list(labels.index[5:15])
    ranker = ProxyRanker(groups="paths,flow", model="ensemble", params=SMALL).fit(archs, labels[archs])
    assert ranker.rank(list(labels.index[100:200]))["score"].nunique() > 20


@pytest.mark.parametrize(
    ("groups", "model"),
    [
        ("all", "ensemble"),
        ("zcs+paths+flow", "ensemble"),
        (("vkdnw", "paths", "cell", "flow"), "ensemble"),
        ("paths,cell,flow", "lightgbm"),
        ("vkdnw+zcs+graf", "lightgbm"),
        (("user",), "lightgbm"),
    ],
)
def test_model_of_a_ranking_that_names_none(groups, model):
    assert default_model(groups) == model

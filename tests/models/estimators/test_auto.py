"""The ensemble that settles itself: targets, weights, refits out of fold, rows of the length scales."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import AutoRanker, GaussianProcessRanker
from proxyrank.models.catalogue import default_model
from proxyrank.models.estimators import _joining, _out_of_fold
from proxyrank.models.estimators._members import MemberOptions
from proxyrank.models.estimators.auto import auto_recipe
from proxyrank.models.estimators.lightgbm import LightGBMRanker
from proxyrank.models.parts import kernel
from proxyrank.models.parts.fit_context import FitContext
from proxyrank.spaces import get_space

SMALL = {"folds": 3, "steps": 8, "tree_share": 0.05}


def test_a_target_that_ranks_worse_is_left_out(problem):
    X, y = problem(40, 4)
    targets = auto_recipe(1000).process_targets
    assert targets == ("power-normal", "quantile-normal")
    processes = [
        GaussianProcessRanker(target, screen=screen, steps=3, engine="numpy").fit(X, y)
        for screen in (0.0, 2.0)
        for target in targets
    ]
    processes[1].left_out_ = processes[3].left_out_ = -y
    recipe, kept = _out_of_fold.keep_targets(auto_recipe(1000), processes, y)
    assert recipe.process_targets == ("power-normal",)
    assert recipe.tree_targets == ("power-normal", "power-normal")  # one of each variant
    assert kept == [0, 2]
    for process in processes:
        process.left_out_ = y
    assert _out_of_fold.keep_targets(auto_recipe(1000), processes, y)[1] == [0, 1, 2, 3]


def test_few_labels_have_processes_of_every_penalty_and_screen(problem):
    X, y = problem(40, 4)
    model = AutoRanker(**SMALL).fit(X, y)
    found = [(one.target, one.penalty, one.screen) for one in model.members_[:4]]
    assert sorted(found) == [("power-normal", p, s) for p in (0.1, 1.0) for s in (0.0, 2.0)]
    assert [one.target for one in model.members_[4:]] == ["power-normal"] * 2


def test_refits_have_not_seen_their_fold(problem):
    X, _ = problem(60, 30)
    noise = np.random.default_rng(0).standard_normal(60)
    model = AutoRanker(**SMALL).fit(X, noise)
    assert abs(kendalltau(model.oof_score_, noise)[0]) < 0.25
    assert kendalltau(model.rank_score(X), noise)[0] > 0.3


@pytest.mark.parametrize(
    ("n", "right", "share"),
    [
        (256, "both", 4 / 5),
        (256, "processes", 1.0),
        (256, "trees", 3 / 5),
        (257, "both", 2 / 3),
        (257, "processes", 2 / 3),
        (257, "trees", 1 / 3),
    ],
)
def test_the_weight_of_the_processes_follows_what_ranks_unseen_rows(problem, monkeypatch, n, right, share):
    def left_out(self, X, y, *given):
        known, unknown = y / y.std(), 4 * np.random.default_rng(0).standard_normal(40)
        return tuple(known if right in (own, "both") else unknown for own in ("processes", "trees"))

    monkeypatch.setattr(AutoRanker, "_recipe", lambda self, _: auto_recipe(n))
    monkeypatch.setattr(AutoRanker, "_left_out", left_out)
    assert AutoRanker(**SMALL).fit(*problem(40, 3)).share_ == share


FAMILIES = {"config": [0, 1], "products": [2], "zcs": [3]}


def settled(monkeypatch, gain_of_process, gain_of_trees, folds=3):
    """The recipe where products gain so much; `folds` below two cannot tell."""
    gains = {GaussianProcessRanker: gain_of_process, LightGBMRanker: gain_of_trees}
    seen = {2: 0.5, 3: 0.5}
    monkeypatch.setattr(
        _joining,
        "_tau",
        lambda model, X, y, context, columns, folds, seed: (
            seen[len(columns)] + gains[type(model)] * (2 in columns)
        ),
    )
    X, y = np.random.default_rng(0).standard_normal((2, 20, 4))
    context = FitContext(np.arange(20), X, list(range(20)), FAMILIES)
    options = MemberOptions("auto", "max", 0, 1, 8, 0.05)
    return _joining.settle_joining(X, y[:, 0], context, auto_recipe(20), options, folds)


def test_products_join_processes_and_trees_where_they_pay(monkeypatch):
    usual = auto_recipe(20)
    recipe = settled(monkeypatch, 0.006, 0.004)
    assert [set(one) - set(usual.tree_families) for one in recipe.process_families] == [{"products"}]
    assert recipe.tree_families == usual.tree_families
    assert recipe.unseen == ()
    recipe = settled(monkeypatch, 0.004, 0.006)
    assert recipe.process_families == usual.process_families
    assert recipe.tree_families == (*usual.tree_families, "products")
    assert recipe.unseen == ("products",)  # by processes of all columns either
    assert settled(monkeypatch, 1.0, 1.0, folds=0).unseen == ("products",)


def test_products_that_are_the_label_are_found():
    rng = np.random.default_rng(1)
    plain = rng.standard_normal((60, 2))
    y = plain[:, 0] * plain[:, 1]
    X = np.column_stack([plain, y])
    model = AutoRanker(**SMALL).fit(X, y, families={"config": [0, 1], "products": [2]})
    assert model.columns_[0].tolist() == [0, 1, 2]
    assert kendalltau(model.rank_score(X), y)[0] > 0.8


def test_restored_it_is_the_same(problem):
    X, y = problem(40, 5)
    model = AutoRanker(direction="min", **SMALL).fit(X, 100 - y, pool=X)
    state, files = model.export()
    again = AutoRanker.restore(state, files)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.export() == (state, files)


def test_processes_that_differ_in_target_alone_share_their_distances(problem, monkeypatch):
    X, y = problem(40, 4)
    both = replace(auto_recipe(1000), slack=None)
    monkeypatch.setattr(AutoRanker, "_recipe", lambda self, n: both)
    model = AutoRanker(**SMALL).fit(X, y)
    assert [one.target for one in model.members_[:4]] == ["power-normal", "quantile-normal"] * 2
    distances = []
    plain = kernel.cdist
    monkeypatch.setattr(kernel, "cdist", lambda a, b: distances.append(len(a)) or plain(a, b))
    scores = model._scores(X)
    assert distances == [40, 40]  # one for each screen
    for score, member, columns in zip(scores, model.members_, model.columns_, strict=True):
        np.testing.assert_array_equal(score, member.rank_score(X[:, columns]))


def test_length_scales_of_a_subset_and_a_process_on_all_rows(problem):
    X, y = problem(80, 3)
    few = GaussianProcessRanker(fit_rows=30, steps=8).fit(X, y)
    whole = GaussianProcessRanker(steps=8).fit(X, y)
    assert few.posterior_.rows.shape == whole.posterior_.rows.shape
    assert not np.allclose(few.posterior_.lengths, whole.posterior_.lengths)
    np.testing.assert_array_equal(
        GaussianProcessRanker(fit_rows=80, steps=8).fit(X, y).predict(X), whole.predict(X)
    )
    with pytest.raises(ProxyrankError, match="fit_rows must be at least 2, got 1"):
        GaussianProcessRanker(fit_rows=1).fit(X, y)


def test_it_is_the_model_of_graph_features_but_where_figures_are_recorded():
    assert default_model(("paths", "flow"), get_space("tnb101-micro")) == "auto"
    assert default_model("blocks,zcs", get_space("mbconv")) == "auto"
    assert default_model("zcs", get_space("mbconv")) == "lightgbm"
    assert default_model("config,zcs", get_space("smallnets")) == "auto"
    assert default_model("paths,cell,flow", get_space("nb201")) == "lightgbm"
    assert default_model("all", get_space("nb201")) == "ensemble"

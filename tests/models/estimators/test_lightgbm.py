"""LightGBM: ranking objectives, queries, targets, processes."""

import logging
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau
from sklearn.base import clone

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import TARGETS, LightGBMRanker


def test_t1_ranking_objective_takes_any_numeric_label(problem: Callable[..., Any]) -> None:
    X, _ = problem(40, 4)
    y = np.linspace(10.0, 94.37, 40)[np.argsort(np.argsort(X[:, 0]))]
    model = LightGBMRanker(objective="lambdarank").fit(X, y)
    assert kendalltau(model.predict(X), y)[0] > 0.85
    assert not model.score_is_label
    assert model.target_ is None


def test_lambdarank_learns_a_clear_signal(problem: Callable[..., Any]) -> None:
    X, y = problem(600, 5)
    model = LightGBMRanker(objective="lambdarank", n_estimators=200).fit(X[:400], y[:400])
    regression = LightGBMRanker(n_estimators=200).fit(X[:400], y[:400])
    taus = [kendalltau(fitted.rank_score(X[400:]), y[400:])[0] for fitted in (model, regression)]
    assert taus[0] > 0.9
    assert abs(taus[0] - taus[1]) < 0.03  # level with regression, where traps of the objective stop it at .83


def test_t2_more_rows_than_a_query_may_have(
    problem: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    X, y = problem(10_001, 3)
    with caplog.at_level(logging.WARNING, logger="proxyrank"):
        model = LightGBMRanker(objective="lambdarank", n_estimators=30, learning_rate=0.2).fit(X, y)
    assert [record.message for record in caplog.records] == [
        "10001 rows in 6 queries of at most 2000 rows, drawn at random: a ranking objective compares rows of "
        "one query only"
    ]
    assert kendalltau(model.predict(X), y)[0] > 0.9
    with pytest.raises(ProxyrankError, match=r"max_query_rows must lie in 2..10000, got 10001"):
        LightGBMRanker(objective="lambdarank", max_query_rows=10_001).fit(X, y)


def test_t3_interleaved_data_sets_equal_sorted_ones(problem: Callable[..., Any]) -> None:
    X, y = problem(80, 4)
    names = np.array(["cifar100", "cifar10"] * 40)
    y = np.where(names == "cifar100", y / 2, y)
    interleaved = LightGBMRanker(objective="lambdarank").fit(X, y, qid=names)
    order = np.argsort(names, kind="stable")
    by_set = LightGBMRanker(objective="lambdarank").fit(X[order], y[order], qid=names[order])
    np.testing.assert_array_equal(interleaved.predict(X), by_set.predict(X))
    alone = LightGBMRanker(objective="lambdarank").fit(X, y)
    assert not np.array_equal(interleaved.predict(X), alone.predict(X))
    with pytest.raises(ProxyrankError, match=r"qid has 3 values, expected one for each of 80 rows"):
        LightGBMRanker(objective="lambdarank").fit(X, y, qid=names[:3])


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_predicts_in_label_units(target: str, problem: Callable[..., Any]) -> None:
    X, y = problem(200, 4)
    model = LightGBMRanker(target).fit(X, y)
    assert model.score_is_label
    assert np.abs(model.predict(X) - y).mean() < 2.0
    np.testing.assert_array_equal(model.label_of(model.rank_score(X)), model.predict(X))
    assert kendalltau(model.rank_score(X), y)[0] > 0.9


def test_ranking_objectives_never_end_in_an_empty_leaf(problem: Callable[..., Any]) -> None:
    """With a smallest Hessian sum of exactly 0 some of these end in LightGBM's fatal error."""
    for seed in range(20):
        X, y = problem(8 + seed, 1 + seed % 3, seed)
        LightGBMRanker(objective="lambdarank", random_state=seed, learning_rate=0.3).fit(
            X.round(1), y.round()
        )


def test_p7_spawned_workers_after_a_fit(problem: Callable[..., Any]) -> None:
    X, y = problem(60, 3)
    model = LightGBMRanker(n_estimators=20, n_jobs=2).fit(X, y)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        theirs = pool.submit(clone(model).fit, X, y).result(timeout=60)
    np.testing.assert_array_equal(theirs.predict(X), model.predict(X))


def test_e2_torch_in_the_same_process() -> None:
    pytest.importorskip("torch")
    code = """
import numpy as np
from proxyrank.models import LightGBMRanker
X = np.random.default_rng(0).normal(size=(200, 9))
before = LightGBMRanker(n_estimators=50, n_jobs=4).fit(X, X[:, 0]).predict(X)
import torch
torch.randn(300, 300).mm(torch.randn(300, 300)).sum().item()
after = LightGBMRanker(n_estimators=50, n_jobs=4).fit(X, X[:, 0]).predict(X)
print(np.array_equal(before, after))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=900
    )
    assert done.stdout.strip() == "True"


def test_unknown_objective_is_refused(problem: Callable[..., Any]) -> None:
    with pytest.raises(ProxyrankError, match="unknown objective 'rank'; known: regression, lambdarank"):
        LightGBMRanker(objective="rank").fit(*problem(10, 2))


@pytest.mark.parametrize("objective", ["regression", "lambdarank"])
def test_constant_columns_change_nothing(objective: str, problem: Callable[..., Any]) -> None:
    X, y = problem(80, 20)
    wide = np.column_stack([np.zeros(80), X[:, :2], np.full(80, 7.0), X[:, 2:], np.full(80, np.nan)])
    model = LightGBMRanker(objective=objective)
    np.testing.assert_array_equal(clone(model).fit(X, y).predict(X), clone(model).fit(wide, y).predict(wide))

"""The value of a choice, against a literal transcription; folds; selection of columns."""

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import ndcg_score
from sklearn.model_selection import GroupKFold

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng, derive_seed
from proxyrank.evaluate import make_labels
from proxyrank.features import compute_features
from proxyrank.models import LightGBMRanker
from proxyrank.models.estimators.columns import kept_columns, order_columns
from proxyrank.spaces import get_space
from proxyrank.train.study import Choice, StudyData, StudyPlan
from proxyrank.train.study.objective import Objective
from proxyrank.train.study.study_data import make_folds


def test_values_are_those_of_a_literal_cross_validation(data: StudyData, plan) -> None:
    how = plan(1, metrics=("KT", "SPR", "nDCG"), folds=3, repeats=2, seed=5)
    choice = Choice({"num_leaves": 6, "target": "none"}, ("p",))
    found = list(Objective(data, how)(choice))
    expected = []
    gains = (2**data.y - 1) / (2 ** data.y.max() - 1)
    for repeat in range(2):
        state = derive_seed("study folds", 5, repeat) % 2**32
        for fitted, judged in GroupKFold(3, shuffle=True, random_state=state).split(
            data.X, groups=np.array(data.keys)
        ):
            model = LightGBMRanker("none", num_leaves=6, n_estimators=20, random_state=5)
            scores = model.fit(data.X[fitted, :2], data.y[fitted]).rank_score(data.X[judged, :2])
            y = data.y[judged]
            expected.append(
                [
                    kendalltau(scores, y).statistic,
                    spearmanr(scores, y).statistic,
                    ndcg_score(gains[judged][None], scores[None]),
                ]
            )
    np.testing.assert_allclose(found, expected, rtol=1e-12)  # the same sums in another order


def test_labels_to_be_minimised_give_the_same_values(data: StudyData, other_data, plan) -> None:
    choice = Choice({"target": "none"}, ("p", "q"))
    mirrored = other_data(y=-data.y, direction="min")
    for one, other in zip(
        Objective(data, plan(1))(choice), Objective(mirrored, plan(1))(choice), strict=True
    ):
        assert one == other


def test_equal_networks_stay_in_one_fold() -> None:
    keys = [str(i // 3) for i in range(60)]
    folds = make_folds(keys, 4, 2, seed=1)
    assert len(folds) == 8
    for fitted, judged in folds:
        assert not {keys[i] for i in fitted} & {keys[i] for i in judged}
        assert sorted([*fitted, *judged]) == list(range(60))
    for repeat in (folds[:4], folds[4:]):
        assert sorted(i for _, judged in repeat for i in judged) == list(range(60))
    assert not np.array_equal(folds[0][1], folds[4][1])
    with pytest.raises(ProxyrankError, match="at least 21 different networks, got 20"):
        make_folds(keys, 21, 1, seed=1)


def test_numbers_of_folds_follow_the_rows() -> None:
    assert StudyPlan().folds_of(1024) == (5, 1)
    assert StudyPlan().folds_of(200) == (5, 4)
    assert StudyPlan().folds_of(10) == (2, 5)
    assert StudyPlan(folds=3, repeats=2).folds_of(10) == (3, 2)
    with pytest.raises(ProxyrankError, match="folds must be at least 2, got 1"):
        StudyPlan(folds=1)


def test_columns_are_ordered_by_use_and_chosen_inside_the_fold(other_data, plan) -> None:
    rng = derive_rng("tests/study/selection")
    X = rng.normal(size=(80, 30))
    y = 50 + 9 * X[:, 20] + 5 * X[:, 7]
    order = order_columns(X, y, direction="max", seed=0)
    assert list(order[:2]) == [20, 7]
    assert sorted(order) == list(range(30))
    assert list(kept_columns(order, 0.4)) == sorted(order[:12])
    assert len(kept_columns(order, 0.1)) == 8
    names = tuple(f"c{i}" for i in range(30))
    data = other_data(80, X=X, y=y, columns=names, groups=("g",) * 30)
    objective = Objective(data, plan(1))
    fitted, judged = objective.folds[0]
    inside = order_columns(X[fitted], y[fitted], direction="max", seed=0)
    columns = np.sort(inside[:12])
    scores = (
        LightGBMRanker(n_estimators=20)
        .fit(X[fitted][:, columns], y[fitted])
        .rank_score(X[judged][:, columns])
    )
    (value,) = next(iter(objective(Choice({}, ("g",), 0.4))))
    assert value == pytest.approx(kendalltau(scores, y[judged]).statistic, abs=1e-12)


def test_unknown_metrics_and_too_few_rows_are_refused(data: StudyData, other_data, plan) -> None:
    with pytest.raises(ProxyrankError, match="at least 4 labelled architectures, got 3"):
        Objective(other_data(3), plan(1))
    with pytest.raises(ProxyrankError, match="unknown metric 'tau'; known: KT, SPR, nDCG"):
        Objective(data, plan(1, metrics=("tau",)))


def test_data_of_labels_and_a_table() -> None:
    space = get_space("nb201")
    archs = space.sample(12, seed=1, population="filtered")
    labels = make_labels(archs, np.arange(12.0) + 80, name="acc", direction="max")
    table = compute_features(space, archs, ["paths", "cell"])
    data = StudyData.of(space, labels, table)
    assert data.columns == tuple(sorted(table.columns))
    assert data.group_names == ("cell", "paths")
    assert list(data.archs) == sorted(archs)
    assert data.keys[3] == space.function_key(data.archs[3])
    at = data.columns.index(table.columns[4])
    np.testing.assert_array_equal(data.X[:, at], table.frame.loc[list(data.archs)].iloc[:, 4])

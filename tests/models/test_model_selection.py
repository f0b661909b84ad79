"""`ProxyRanker` and `ArchitectureFeatures` as scikit-learn's estimators, on architecture strings."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from sklearn.base import clone, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.features import compute_features
from proxyrank.models import ArchitectureFeatures, ProxyRanker
from proxyrank.spaces import get_space

SMALL = {"n_estimators": 40}


CHECKS = (  # those that need no data; the others would offer numbers in place of architectures
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("estimator", [ProxyRanker("paths"), ArchitectureFeatures("paths")], ids=repr)
def test_scikit_learn_contract(estimator: Any, name: str) -> None:
    getattr(estimator_checks, name)(type(estimator).__name__, clone(estimator))


def test_the_constructor_only_stores() -> None:
    given: dict[str, Any] = {
        "groups": ["pathz"],
        "model": "xgboost",
        "space": "nb301",
        "params": {"speed": 3},
        "settings": {"bach_size": 8},
        "random_state": None,
        "n_jobs": -1,
        "average": ("graf",),
        "intervals": True,
    }
    ranker = ProxyRanker(**given)
    assert ranker.get_params() == given
    assert clone(ranker).get_params() == given
    assert all(ranker.get_params()[name] is given[name] for name in ("groups", "params", "settings"))
    assert ranker.set_params(groups="paths").groups == "paths"
    assert is_regressor(ranker)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": "pathz"}, "unknown feature group 'pathz'; nearest: paths"),
        ({"groups": ()}, "no feature group given"),
        ({"model": "xgboost"}, "unknown model 'xgboost'"),
        ({"space": "nb301"}, "unknown search space 'nb301'"),
        ({"params": {"speed": 3}}, "model lightgbm has no parameter speed"),
        ({"params": {"target": "cube"}}, "unknown target 'cube'"),
        ({"params": {"objective": "rank"}}, "unknown objective 'rank'"),
        ({"settings": {"bach_size": 8}}, "unknown setting 'bach_size'; nearest: batch_size"),
        ({"settings": {"batch_size": 0}}, "batch_size must be at least 1, got 0"),
    ],
)
def test_everything_is_checked_before_any_feature_is_computed(
    change: dict[str, Any],
    message: str,
    cells: list[str],
    labels: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def computed(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("features were computed")

    monkeypatch.setattr("proxyrank.models.ranker.training_table", computed)
    with pytest.raises(ProxyrankError, match=message):
        ProxyRanker(**change).fit(cells, labels)


def test_its_repr_is_short_and_says_what_was_fitted(fitted: ProxyRanker) -> None:
    assert repr(ProxyRanker("paths")) == "ProxyRanker(groups='paths')"
    expected = "ProxyRanker(groups='graf+paths', model='lightgbm'), fitted on 40 architectures of nb201"
    assert repr(fitted) == expected


def test_an_unfitted_ranker_says_so_in_both_languages(fitted: ProxyRanker, cells: list[str]) -> None:
    for error in (ProxyrankError, NotFittedError):
        with pytest.raises(error, match="not fitted yet: call fit first"):
            ProxyRanker("paths").predict(cells)
    with pytest.raises(NotFittedError):
        check_is_fitted(ProxyRanker("paths"))
    check_is_fitted(fitted)
    assert not hasattr(clone(fitted), "card")


def test_the_score_is_kendalls_tau_in_the_direction_of_the_fit(
    fitted: ProxyRanker, cells: list[str], labels: np.ndarray
) -> None:
    predicted, truth = fitted.predict(cells[40:]), labels[40:]
    assert fitted.score(cells[40:], truth) == pytest.approx(kendalltau(predicted, truth)[0])
    some = np.where(np.arange(20) < 3, np.nan, truth)
    assert fitted.score(cells[40:], some) == pytest.approx(kendalltau(predicted[3:], truth[3:])[0])
    assert fitted.score(cells[40:], np.full(20, 3.0)) == 0.0
    errors = ProxyRanker("paths", params=SMALL).fit(cells[:40], 100 - labels[:40], direction="min")
    assert errors.score(cells[40:], 100 - truth) > 0.5


def test_cross_validation_and_search_over_groups_and_models(cells: list[str], labels: np.ndarray) -> None:
    ranker = ProxyRanker("paths", params=SMALL)
    scores = cross_val_score(ranker, cells, labels, cv=3)
    assert scores.shape == (3,)
    assert scores.min() > 0.3
    series = pd.Series(labels, index=cells)
    np.testing.assert_array_equal(cross_val_score(ranker, cells, series, cv=3), scores)
    np.testing.assert_array_equal(cross_val_score(ranker, series.index.to_numpy(), labels, cv=3), scores)
    frame = pd.DataFrame({"arch": cells, "acc": labels}, index=np.arange(60) + 7)
    np.testing.assert_array_equal(cross_val_score(ranker, frame["arch"], frame["acc"], cv=3), scores)
    grid = {"groups": ["paths", "graf"], "model": ["lightgbm", "forest"]}
    search = GridSearchCV(ranker, grid, cv=2).fit(cells, labels)
    assert len(search.cv_results_["params"]) == 4
    assert set(search.best_params_) == {"groups", "model"}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.score(cells, labels) > 0.5
    errors = GridSearchCV(ranker, {"groups": ["paths"]}, cv=2).fit(cells, 100 - labels, direction="min")
    assert errors.best_score_ > 0.3


def test_a_series_of_labels_is_aligned_by_its_architectures(cells: list[str], labels: np.ndarray) -> None:
    expected = ProxyRanker("paths", params=SMALL).fit(cells[:40], labels[:40])
    sorted_by_value = pd.Series(labels[:40], index=cells[:40]).sort_values()
    assert list(sorted_by_value.index) != cells[:40]
    frame = pd.DataFrame({"arch": cells[:40], "acc": labels[:40]}, index=range(100, 140))
    tuples = [get_space("nb201").to_tuple(cell) for cell in cells[:40]]  # type: ignore[attr-defined]
    for archs, values in (
        (cells[:40], sorted_by_value),
        (tuples, sorted_by_value),
        (frame["arch"], sorted_by_value),
        (frame["arch"], frame["acc"]),
        (frame["arch"], frame["acc"].sort_values()),
        (frame[["arch"]], frame["acc"].sort_values()),
        (cells[:40], pd.Series(labels[:40])),
        (cells[:40], pd.Series(labels[:40], index=range(100, 140))),
        (np.array(cells[:40]).reshape(-1, 1), list(labels[:40])),
    ):
        found = ProxyRanker("paths", params=SMALL).fit(archs, values)
        np.testing.assert_array_equal(found.predict(cells), expected.predict(cells))
        assert found.score(archs, values) == expected.score(cells[:40], labels[:40])


def test_a_series_that_does_not_say_what_belongs_to_what_is_refused(
    cells: list[str], labels: np.ndarray
) -> None:
    ranker = ProxyRanker("paths", params=SMALL)
    series = pd.Series(labels, index=cells)
    numbered = pd.Series(cells[:40], index=range(100, 140))
    for archs, values, message in (
        (cells[:40], series, r"20 of 60 labels are of other architectures than those given, first: \|"),
        (cells, series[cells[:50]], r"10 of 60 architectures have no label, first: \|"),
        (cells[:2], pd.Series([1.0, 2.0], [cells[0]] * 2), r"labels hold an architecture twice: \|"),
        (cells[:2], pd.Series([1.0, 2.0], ["a", "b"]), "Series whose index holds no architectures: "),
        (cells[:40], pd.Series(labels[:40]).sort_values(), "Series in another order than its numbers"),
        (numbered, pd.Series(labels[:40]), "Series of different index"),
        (pd.DataFrame({"a": cells, "b": cells}), labels, "one column of architectures, got 2 columns"),
        (3, labels, "expected a list of architectures, got int"),
    ):
        with pytest.raises(ProxyrankError, match=message):
            ranker.fit(archs, values)


def test_one_string_is_no_list_of_architectures(fitted: ProxyRanker, cells: list[str]) -> None:
    message = r"expected a list of architectures, got the one string '\|nor"
    for call in (
        lambda: ProxyRanker("paths").fit(cells[0], [1.0]),
        lambda: fitted.predict(cells[0]),
        lambda: fitted.rank(cells[0]),
        lambda: fitted.matrix(cells[0]),
        lambda: fitted.score(cells[0], [1.0]),
        lambda: ArchitectureFeatures("paths").fit(cells[0]),
    ):
        with pytest.raises(ProxyrankError, match=message):
            call()


def test_features_are_those_of_compute_features(cells: list[str]) -> None:
    asked = [*cells[:5], cells[2]]
    expected = compute_features(get_space("nb201"), cells[:5], ["paths", "cell"]).frame
    features = ArchitectureFeatures("cell,paths").fit(asked)
    names = features.get_feature_names_out()
    assert set(names) == set(expected.columns)
    np.testing.assert_array_equal(features.transform(asked), expected.loc[asked, list(names)])
    assert features.transform([]).shape == (0, len(names))
    as_frame = features.set_output(transform="pandas").transform(pd.Series(asked, index=list("uvwxyz")))
    assert list(as_frame.columns) == list(names)
    assert list(as_frame.index) == list("uvwxyz")


def test_features_in_a_pipeline_and_beside_other_columns(cells: list[str], labels: np.ndarray) -> None:
    pipeline = make_pipeline(ArchitectureFeatures("paths"), SimpleImputer(), Ridge())
    assert cross_val_score(pipeline, cells, labels, cv=3, scoring="r2").mean() > 0.3
    grid = {"architecturefeatures__groups": ["paths", "graf"]}
    assert GridSearchCV(pipeline, grid, cv=2).fit(cells, labels).best_score_ > 0
    table = pd.DataFrame({"arch": cells, "latency": np.arange(60.0)})
    for column in ("arch", ["arch"]):
        both = ColumnTransformer(
            [("graph", ArchitectureFeatures("paths"), column)], remainder="passthrough"
        ).set_output(transform="pandas")
        made = both.fit_transform(table)
        assert made.shape == (60, 84)
        assert made["remainder__latency"].tolist() == table["latency"].tolist()
        assert all(name.startswith("graph__") for name in made.columns[:83])
    model = make_pipeline(both, RandomForestRegressor(10, random_state=0)).fit(table, labels)
    assert model.score(table, labels) > 0.5


def test_features_refuse_what_they_do_not_know(cells: list[str]) -> None:
    for made, X, message in (
        (ArchitectureFeatures("pathz"), cells, "unknown feature group 'pathz'"),
        (ArchitectureFeatures(space="nb301"), cells, "unknown search space 'nb301'"),
        (ArchitectureFeatures(settings={"bach_size": 8}), cells, "unknown setting 'bach_size'"),
    ):
        with pytest.raises(ProxyrankError, match=message):
            made.fit(X)
    with pytest.raises(ArchitectureError, match="architecture 2 of 2: "):
        ArchitectureFeatures("paths").fit([cells[0], "|nor_conv_5x5~0|"])
    with pytest.raises(NotFittedError):
        ArchitectureFeatures("paths").transform(cells)

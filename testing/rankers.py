"""The contract of rankers: inherit `RankerContract`, say what to make, and pytest runs its tests.

::

    from proxyrank.testing.rankers import RankerContract

    class TestRidge(RankerContract):
        ranker = RidgeRanker
        params = {"alpha": 0.1}

A ranker that passes can be registered (`proxyrank.models.register_model`), and everything that trains, ranks,
saves or judges takes it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import kendalltau
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.files import dump_json
from proxyrank.common.seeds import derive_rng
from proxyrank.models import TabularRanker

Floats = NDArray[np.float64]


def ranking_problem(n: int, d: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Features [n, d] and accuracies in percent [n] that rise with the first column, but for noise."""
    rng = derive_rng("tests/models", n, d, seed)
    X = rng.normal(size=(n, d))
    y = 100 / (1 + np.exp(-1.5 * X[:, 0] - 1.0 + 0.1 * rng.normal(size=n)))
    return X, y


class RankerContract:
    """Tests that every ranker passes.

    Attributes
    ----------
    ranker
        The class.
    params
        Its parameters, chosen so that a fit takes milliseconds: the tests make a few hundred.
    expected_failed_checks
        Name of a check of scikit-learn that cannot pass -> why.
    """

    ranker: ClassVar[type[TabularRanker]]
    params: ClassVar[Mapping[str, Any]] = {}
    expected_failed_checks: ClassVar[Mapping[str, str]] = {}

    def make(self, **params: Any) -> TabularRanker:
        """A ranker that is not fitted; override it where more than ``params`` is needed."""
        return self.ranker(**{**self.params, **params})

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test per check of scikit-learn."""
        if "check" in metafunc.fixturenames:
            pairs = estimator_checks_generator(
                self.make(), expected_failed_checks=dict(self.expected_failed_checks), mark="xfail"
            )
            metafunc.parametrize(("estimator", "check"), list(pairs), ids=_check_name)

    def test_scikit_learn(self, estimator: Any, check: Callable[[Any], None]) -> None:
        check(estimator)

    def test_clones_in_a_pipeline_and_under_cross_validation(self) -> None:
        X, y = ranking_problem(90, 4)
        ranker = self.make()
        assert clone(ranker).get_params(deep=False) == ranker.get_params(deep=False)
        pipeline = make_pipeline(StandardScaler(), ranker)
        assert cross_val_score(pipeline, X, y, cv=3, scoring=_tau).min() > 0.6

    def test_order_of_rows_does_not_matter(self) -> None:
        X, y = ranking_problem(50, 4)
        X[5] = X[6]  # equal rows of different labels have no order of their own
        shuffled = np.random.default_rng(1).permutation(50)
        a, b = self.make().fit(X, y), self.make().fit(X[shuffled], y[shuffled])
        np.testing.assert_array_equal(a.predict(X), b.predict(X))
        if a.oof_score_ is not None:
            assert b.oof_score_ is not None
            np.testing.assert_array_equal(a.oof_score_[shuffled], b.oof_score_)

    def test_a_score_does_not_depend_on_the_company(self) -> None:
        X, y = ranking_problem(60, 4)
        fitted = self.make().fit(X[:40], y[:40])
        np.testing.assert_array_equal(fitted.rank_score(X)[17:19], fitted.rank_score(X[17:19]))

    def test_minimised_labels_are_ranked_the_other_way(self) -> None:
        X, y = ranking_problem(60, 3)
        up = self.make(direction="max").fit(X, y)
        down = self.make(direction="min").fit(X, 100 - y)
        # the same model of mirrored labels, up to rounding of the mirrored label
        np.testing.assert_allclose(_places(up.rank_score(X)), _places(down.rank_score(X)), atol=3)
        assert kendalltau(up.rank_score(X), y)[0] > 0.6
        if up.score_is_label:
            np.testing.assert_allclose(down.predict(X), 100 - up.predict(X), atol=1.0)

    def test_units_of_the_label_do_not_matter(self) -> None:
        X, y = ranking_problem(60, 3)
        percent, fraction = self.make().fit(X, y), self.make().fit(X, y / 100)
        np.testing.assert_allclose(_places(percent.rank_score(X)), _places(fraction.rank_score(X)), atol=3)
        if percent.score_is_label:
            np.testing.assert_allclose(fraction.predict(X), percent.predict(X) / 100, atol=0.01)

    def test_a_monotone_transform_of_the_label_is_ranked_too(self) -> None:
        X, y = ranking_problem(80, 3)
        for transform in (np.log, np.square):
            assert kendalltau(self.make().fit(X, transform(y)).rank_score(X), y)[0] > 0.6

    def test_labels_and_scores_belong_together(self) -> None:
        X, y = ranking_problem(60, 3)
        fitted = self.make().fit(X, y)
        np.testing.assert_array_equal(fitted.label_of(fitted.rank_score(X)), fitted.predict(X))
        if fitted.score_is_label:
            assert np.abs(fitted.predict(X) - y).mean() < np.abs(np.median(y) - y).mean()
        else:
            np.testing.assert_array_equal(fitted.predict(X), fitted.rank_score(X))

    def test_few_rows_still_tell_architectures_apart(self) -> None:
        X, y = ranking_problem(10, 5)
        assert len(np.unique(self.make().fit(X, y).predict(X))) >= 3
        least = self.ranker.least_rows
        fewest = self.make().fit(X[:least], np.linspace(10, 90, least))
        assert np.ptp(fewest.rank_score(X[:least])) >= 0
        with pytest.raises(ValueError, match=rf"minimum of {least}"):
            self.make().fit(X[: least - 1], y[: least - 1])

    def test_constant_labels_are_refused(self) -> None:
        X, _ = ranking_problem(30, 3)
        with pytest.raises(ProxyrankError, match=r"^label has one distinct value \(93.0\) over 30 rows$"):
            self.make().fit(X, np.full(30, 93.0))

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_labels_that_are_no_number_are_refused(self, bad: float) -> None:
        X, y = ranking_problem(30, 3)
        with pytest.raises(ValueError, match="Input y contains"):
            self.make().fit(X, np.where(np.arange(30) == 4, bad, y))

    def test_an_unknown_direction_is_refused(self) -> None:
        with pytest.raises(ProxyrankError, match="unknown direction 'up'"):
            self.make(direction="up").fit(*ranking_problem(30, 3))

    def test_infinite_features_are_refused_and_missing_ones_accepted(self) -> None:
        X, y = ranking_problem(40, 3)
        X[3, 1] = np.nan
        fitted = self.make().fit(X, y)
        assert np.isfinite(fitted.predict(X)).all()
        X[3, 1] = -np.inf
        with pytest.raises(ValueError, match="infinity"):
            self.make().fit(X, y)
        with pytest.raises(ValueError, match="infinity"):
            fitted.predict(X)

    def test_columns_that_say_nothing_are_no_obstacle(self) -> None:
        X, y = ranking_problem(40, 2)
        wide = np.column_stack([np.zeros(40), X, np.full(40, np.nan)])
        fitted = self.make().fit(wide, y)
        assert kendalltau(fitted.rank_score(wide), y)[0] > 0.6

    def test_columns_in_another_order_are_refused(self) -> None:
        X, y = ranking_problem(40, 3)
        frame = pd.DataFrame(X, columns=["a", "b", "c"])
        fitted = self.make().fit(frame, y)
        with pytest.raises(ValueError, match="feature names"):
            fitted.predict(frame[["b", "a", "c"]])

    def test_any_names_of_columns(self) -> None:
        X, y = ranking_problem(40, 4)
        names = ["min_path_len_(skip_connect,nor_conv_3x3)", "a b", "a_b", 'f[1]:"{']
        named = self.make().fit(pd.DataFrame(X, columns=names), y)
        np.testing.assert_array_equal(
            named.predict(pd.DataFrame(X, columns=names)), self.make().fit(X, y).predict(X)
        )
        assert list(named.feature_names_in_) == names

    def test_importances_find_the_column_that_counts(self) -> None:
        X, y = ranking_problem(60, 4)
        shares = self.make().fit(X, y).feature_importances_
        assert shares.shape == (4,)
        assert shares.argmax() == 0
        assert (shares >= 0).all()
        assert shares.sum() == pytest.approx(1.0)

    def test_threads_and_runs_do_not_change_a_byte(self) -> None:
        X, y = ranking_problem(200, 6)
        fits = [self.make(n_jobs=n_jobs).fit(X, y) for n_jobs in (1, 1, 4)]
        for other in fits[1:]:
            np.testing.assert_array_equal(other.predict(X), fits[0].predict(X))
            assert other.export()[1] == fits[0].export()[1]
        assert fits[0].export() == fits[1].export()

    def test_the_seed_matters_where_the_class_says_so(self) -> None:
        X, y = ranking_problem(60, 20)
        a, b = (self.make(random_state=seed).fit(X, y).predict(X) for seed in (0, 1))
        assert np.array_equal(a, b) != self.ranker.stochastic

    @pytest.mark.parametrize("direction", ["max", "min"])
    def test_what_is_exported_is_restored(self, direction: str) -> None:
        X, y = ranking_problem(50, 4)
        X[::7, 1] = np.nan
        fitted = self.make(direction=direction, random_state=None).fit(X, y)
        state, files = fitted.export()
        again = self.ranker.restore(state, files)
        np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
        np.testing.assert_array_equal(again.rank_score(X), fitted.rank_score(X))
        np.testing.assert_array_equal(again.feature_importances_, fitted.feature_importances_)
        assert again.stored_params()["random_state"] == fitted.seed_
        assert again.export() == (state, files)
        with pytest.raises(ValueError, match="features"):
            again.predict(X[:, :3])

    def test_its_files_are_plain_data(self) -> None:
        state, files = self.make().fit(*ranking_problem(30, 3)).export()
        dump_json(state)  # refuses what is no JSON
        for name, data in files.items():
            assert not data.startswith(b"\x80"), f"{name} looks like a pickle"
            if name.endswith(".npz"):
                assert b"'|O'" not in data
            else:
                data.decode("utf-8")

    def test_only_declared_context_is_taken(self) -> None:
        X, y = ranking_problem(40, 3)
        context = {
            "pool": np.vstack([X, X + 1]),
            "groups": [f"network {i // 2}" for i in range(40)],
            "families": {"paths": [0, 1], "zcs": [2]},
            "qid": ["a", "b"] * 20,
        }
        for name, value in context.items():
            if name in self.ranker.fit_context:
                self.make().fit(X, y, **{name: value})
                assert np.isfinite(self.make().fit(X, y, **{name: None}).predict(X)).all()
            else:
                with pytest.raises(TypeError, match=f"does not take {name}"):
                    self.make().fit(X, y, **{name: value})
        for name in self.ranker.fit_context & {"groups", "qid"}:
            with pytest.raises(
                ProxyrankError, match=f"{name} has 3 values, expected one for each of 40 rows"
            ):
                self.make().fit(X, y, **{name: context[name][:3]})  # type: ignore[index]

    def test_declared_abilities_are_there(self) -> None:
        X, y = ranking_problem(60, 4)
        fitted = self.make().fit(X, y)
        if fitted.oof_score_ is not None:
            assert fitted.oof_score_.shape == (60,)
            assert kendalltau(fitted.oof_score_, y)[0] > 0.5
        if fitted.used_columns_ is not None:
            blank = X.copy()
            blank[:, [i for i in range(4) if i not in fitted.used_columns_]] = np.nan
            np.testing.assert_array_equal(fitted.rank_score(blank), fitted.rank_score(X))
        if self.ranker.has_contributions:
            assert fitted.contributions(X).shape == (60, 5)
        else:
            with pytest.raises(ProxyrankError, match="does not explain its scores"):
                fitted.contributions(X)


def _tau(estimator: Any, X: Floats, y: Floats) -> float:
    return float(kendalltau(estimator.predict(X), y)[0])


def _places(scores: Floats) -> NDArray[np.intp]:
    return np.argsort(np.argsort(scores))


def _check_name(value: Any) -> str:
    if not isinstance(value, partial):
        return ""
    options = "".join(f"-{key}={option}" for key, option in value.keywords.items())
    return f"{value.func.__name__}{options}"

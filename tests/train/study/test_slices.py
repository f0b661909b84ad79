import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import FrozenTrial, create_trial

from proxyrank.train.study.slices import plot_slices


@pytest.fixture
def trials() -> list[FrozenTrial]:
    rate, target = FloatDistribution(0.01, 0.1, log=True), CategoricalDistribution(("none", "logit", None))
    study = optuna.create_study(direction="maximize")
    for value, drawn in (
        (0.8, {"rate": 0.02}),
        (0.7, {"rate": 0.05, "target": None}),
        (0.9, {"rate": 0.1, "target": "none"}),
    ):
        given = {"rate": rate, "target": target}
        study.add_trial(create_trial(value=value, params=drawn, distributions={n: given[n] for n in drawn}))
    return study.trials


def test_a_panel_for_each_parameter_and_one_colour_bar(trials: list[FrozenTrial]) -> None:
    axes = plot_slices(trials, "KT")
    assert [ax.get_title(loc="left") for ax in axes] == ["rate", "target"]
    assert len(axes[0].figure.axes) == 3  # two panels and the bar
    assert axes[0].get_xscale() == "log"
    rates, targets = (ax.collections[0].get_offsets().tolist() for ax in axes)
    assert rates == [[0.02, 0.8], [0.05, 0.7], [0.1, 0.9]]
    assert targets == [[2.0, 0.7], [0.0, 0.9]]  # only of trials that drew it, at the place of the choice
    assert list(axes[0].collections[0].get_array()) == [0, 1, 2]


def test_the_bar_shows_trials_only(trials: list[FrozenTrial]) -> None:
    bar = plot_slices(trials, "KT")[0].figure.axes[-1]
    assert bar.get_ylabel() == "trial"
    assert bar.get_ylim() == (0, 2)

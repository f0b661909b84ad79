"""Targets: formulas, round trips, directions and scales."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau, norm, skew
from sklearn.preprocessing import PowerTransformer, QuantileTransformer

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.parts.targets import EPSILON, TARGETS, Target, fit_target

PERCENT = np.array([10.0, 54.2, 71.3, 88.8, 91.0, 93.7, 94.37])
UNITS = {"percent": PERCENT, "fraction": PERCENT / 100, "range": PERCENT * 40 - 700}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("direction", ["max", "min"])
@pytest.mark.parametrize("unit", UNITS)
def test_inverse_undoes_transform_and_order_is_kept(name: str, direction: str, unit: str) -> None:
    y = UNITS[unit]
    target = fit_target(name, y, direction=direction)
    z = target.transform(y)
    # 1e-12: a few roundings of values of order one, scaled back to label units
    np.testing.assert_allclose(target.inverse(z), y, rtol=1e-12, atol=1e-12 * np.ptp(y))
    assert kendalltau(z, y)[0] == pytest.approx(1.0 if direction == "max" else -1.0)


@pytest.mark.parametrize("name", TARGETS)
def test_json_round_trip(name: str) -> None:
    target = fit_target(name, PERCENT, direction="min")
    again = Target.from_dict(json.loads(json.dumps(target.to_dict())))
    assert again == target
    np.testing.assert_array_equal(again.transform(PERCENT), target.transform(PERCENT))


def test_formulas_by_hand() -> None:
    accuracy, error = fit_target("logit", [93.0, 50.0]), fit_target("logit", [7.0, 50.0], direction="min")
    assert accuracy.transform([93.0])[0] == pytest.approx(np.log(0.93 / 0.07))
    assert error.transform([7.0])[0] == pytest.approx(np.log(0.93 / 0.07))
    assert fit_target("log-error", [93.0, 50.0]).transform([93.0])[0] == pytest.approx(-np.log(0.07))
    assert fit_target("log-error", [0.93, 0.5]).transform([0.93])[0] == pytest.approx(-np.log(0.07))
    assert fit_target("none", [93.0], direction="min").transform([93.0])[0] == -93.0


def test_perfect_and_hopeless_labels_stay_finite() -> None:
    z = fit_target("logit", [0.0, 50.0, 100.0]).transform([0.0, 100.0])
    expected = np.log((1 - EPSILON) / EPSILON)
    np.testing.assert_allclose(z, [-expected, expected])


def test_quantile_normal_is_the_normal_quantile_of_mid_ranks() -> None:
    y = np.array([3.0, 1.0, 2.0, 2.0])
    z = fit_target("quantile-normal", y).transform(y)
    np.testing.assert_allclose(z, norm.ppf([3.5 / 4, 0.5 / 4, 2 / 4, 2 / 4]), atol=1e-15)


def test_quantile_normal_of_many_labels_agrees_with_scikit_learn() -> None:
    y = np.random.default_rng(0).gamma(2.0, size=5000)
    z = fit_target("quantile-normal", y).transform(y)
    other = QuantileTransformer(n_quantiles=1000, output_distribution="normal").fit_transform(y[:, None])[
        :, 0
    ]
    inner = np.abs(other) < 2  # scikit-learn puts the extremes at +-5.2, mid-ranks do not
    # 0.01: ranks differ by 1/2 of 5,000, and both interpolate between about 1,000 knots
    np.testing.assert_allclose(z[inner], other[inner], atol=0.01)


def test_power_normal_is_scikit_learns_yeo_johnson_of_standardised_labels() -> None:
    y = 90 - np.random.default_rng(0).gamma(2.0, size=60)
    z = fit_target("power-normal", y).transform(y)
    standard = ((y - y.mean()) / y.std())[:, None]
    # 1e-4: both search for the power, each to its own tolerance
    np.testing.assert_allclose(z, PowerTransformer("yeo-johnson").fit_transform(standard)[:, 0], atol=1e-4)
    assert abs(skew(z)) < 0.1 < abs(skew(y))


def test_power_normal_between_and_beyond_the_labels() -> None:
    target = fit_target("power-normal", PERCENT)
    low, high = target.transform(PERCENT[:2])
    assert target.transform([(PERCENT[0] + PERCENT[1]) / 2])[0] == pytest.approx((low + high) / 2)
    assert target.transform([-5.0])[0] == low
    assert fit_target("power-normal", [3.0, 3.0]).transform([3.0])[0] == 0.0


@pytest.mark.parametrize(
    ("y", "ends"),
    [
        ([10.0, 94.0], (0.0, 100.0)),
        ([0.1, 0.94], (0.0, 1.0)),
        ([0.1, 1.4], (0.1 - 0.065, 1.4 + 0.065)),
        ([-3.0, 7.0], (-3.5, 7.5)),
        ([200.0, 300.0], (195.0, 305.0)),
    ],
)
def test_scale_is_read_off_the_labels(y: list[float], ends: tuple[float, float]) -> None:
    target = fit_target("logit", y)
    assert (target.low, target.high) == pytest.approx(ends)


def test_scale_can_be_given() -> None:
    assert fit_target("logit", [0.2, 0.9], scale="percent").high == 100.0
    with pytest.raises(ProxyrankError, match=r"labels from 0.2 to 93 do not lie on the scale fraction"):
        fit_target("logit", [0.2, 93.0], scale="fraction")


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"name": "logitt"}, "unknown target 'logitt'; nearest: logit; known: none, logit"),
        ({"direction": "up"}, "unknown direction 'up'; known: max, min"),
        ({"scale": "promille"}, "unknown scale 'promille'"),
        ({"y": [1.0, np.nan]}, "finite labels, got 2 of which 1 are"),
        ({"y": []}, "finite labels, got 0"),
    ],
)
def test_errors_say_what_was_given(kwargs: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"name": "logit", "y": [1.0, 2.0], **kwargs}
    with pytest.raises(ProxyrankError, match=message):
        fit_target(**arguments)  # type: ignore[arg-type]


def test_parameters_that_are_none_of_a_target_are_refused() -> None:
    state = fit_target("logit", PERCENT).to_dict()
    with pytest.raises(ProxyrankError, match="a target needs the parameters"):
        Target.from_dict({**state, "extra": 1})
    with pytest.raises(ProxyrankError, match="unknown direction"):
        Target.from_dict({**state, "direction": "up"})


@pytest.mark.parametrize("name", ["logit", "log-error"])
@pytest.mark.parametrize("direction", ["max", "min"])
def test_networks_that_did_not_learn_are_raised_to_the_outer_fence(name, direction):
    labels = np.concatenate([np.linspace(60.0, 70.0, 97), [1.0, 1.0, 30.0]])
    labels = labels if direction == "max" else 100.0 - labels
    target = fit_target(name, labels, direction=direction)
    z = target.transform(labels)
    first, third = np.quantile(replace(target, floor=None).transform(labels), (0.25, 0.75))
    assert z.min() == target.floor == pytest.approx(first - 3.0 * (third - first))
    assert (z[-3:] == target.floor).all()
    assert (z[:-3] > target.floor).all()
    np.testing.assert_allclose(target.inverse(z[:-3]), labels[:-3])
    assert Target.from_dict(target.to_dict()) == target


def test_there_is_no_fence_without_outliers():
    assert fit_target("logit", np.linspace(60.0, 70.0, 50)).floor is None
    assert fit_target("logit", [1.0, *[50.0] * 30]).floor is None  # equal quartiles say nothing
    assert fit_target("none", [1.0, *np.linspace(60.0, 70.0, 50)]).floor is None


@pytest.mark.parametrize("name", ["logit", "log-error"])
@pytest.mark.parametrize(
    ("y", "direction"),
    [
        (np.linspace(2.3e-5, 3.6e-4, 40), "min"),  # squared errors
        (np.linspace(0.99964, 0.99998, 40), "max"),
        (np.linspace(99.96, 99.997, 40), "max"),
        (np.linspace(1e-13, 9e-13, 40), "min"),
        (np.append(np.linspace(70.0, 99.9, 40), [99.97, 99.98]), "max"),  # the best two are not made equal
    ],
)
def test_x12_labels_that_differ_differ_on_the_scale(name: str, y: np.ndarray, direction: str) -> None:
    target = fit_target(name, y, direction=direction)
    z = target.transform(y)
    assert len(np.unique(z)) == len(y)
    np.testing.assert_allclose(target.inverse(z), y, rtol=1e-9)


def test_a_few_networks_that_did_not_learn_do_not_change_the_scale() -> None:
    y = np.append(np.linspace(60.0, 90.0, 60), [0.01, 0.02])
    assert (fit_target("logit", y).low, fit_target("logit", y).high) == (0.0, 100.0)

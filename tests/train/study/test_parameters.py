"""The space of parameters: the defaults lie in it, and a trial's parameters mean what they say."""

import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.models import make_model
from proxyrank.train.study import parameter_space
from proxyrank.train.study.parameters import MODEL_SPACES, default_parameters, make_choice, start_points


@pytest.mark.parametrize("model", list(MODEL_SPACES))
def test_the_defaults_are_the_models_own_and_lie_in_the_space(model: str) -> None:
    space = parameter_space(model, ["a", "b"])
    defaults = default_parameters(model, space)
    assert set(defaults) == {name for name in space if not name.startswith("use_")}
    for name, value in defaults.items():
        assert space[name]._contains(space[name].to_internal_repr(value)), name
    for point in start_points(model, space):
        assert all(space[name]._contains(space[name].to_internal_repr(point[name])) for name in point)
        assert set(point) == set(defaults)
    choice = make_choice(defaults, model, ["a", "b"])
    assert choice.groups == ("a", "b")
    assert choice.columns == 1.0
    assert make_model(model, choice.params).get_params() == make_model(model, {}).get_params()


def test_groups_are_dropped_but_never_all() -> None:
    space = parameter_space("lightgbm", ["a", "b"])
    drawn = {**default_parameters("lightgbm", space), "use_a": False, "use_b": True}
    assert make_choice(drawn, "lightgbm", ["a", "b"]).groups == ("b",)
    assert make_choice({**drawn, "use_b": False}, "lightgbm", ["a", "b"]).groups == ("a", "b")


def test_a_single_group_has_no_switch_and_fixed_parameters_are_left_out() -> None:
    space = parameter_space("lightgbm", ["a"], fixed={"target": "logit"})
    assert not any(name.startswith(("use_", "select")) for name in space)
    assert "target" not in space
    assert "num_leaves" in space


def test_models_without_a_space_are_refused() -> None:
    with pytest.raises(ProxyrankError, match="no space of parameters for the model 'forest'"):
        parameter_space("forest", ["a"])


def test_few_rows_allow_small_leaves_only() -> None:
    leaves = [
        parameter_space("lightgbm", ["a"], rows=rows)["min_child_samples"].choices for rows in (1024, 48, 20)
    ]
    assert leaves == [(None, 2, 5, 10, 20), (None, 2, 5), (None, 2)]
    starts = start_points("lightgbm", parameter_space("lightgbm", ["a"], rows=20))
    assert {point["min_child_samples"] for point in starts} == {None}

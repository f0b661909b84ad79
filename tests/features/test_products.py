"""The group products: pairs of options, values by hand, and who is given it."""

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import compute_features, default_groups, get_group
from proxyrank.features.products import MOST
from proxyrank.models.catalogue import usual_groups
from proxyrank.spaces import ConfigSpace, get_space
from proxyrank.spaces.table import TableSpace
from proxyrank.train.fit import wanted_groups

SPACE = ConfigSpace({"depth": [2, 4], "rate": [0.5, 2.0], "act": ["relu", "tanh"]}, name="multiplied")


def test_values_by_hand() -> None:
    frame = compute_features(SPACE, ["depth=4,rate=0.5,act=tanh"], "products", cache=False).frame
    assert frame.iloc[0].to_dict() == {
        "product_depth*rate": 2.0,
        "product_depth*act=relu": 0.0,
        "product_depth*act=tanh": 4.0,
        "product_rate*act=relu": 0.0,
        "product_rate*act=tanh": 0.5,
    }


def test_a_gap_is_the_gap_of_a_factor() -> None:
    rows = {"a": {"depth": 3, "act": "gelu"}, "b": {"depth": None, "act": "relu"}}
    table = compute_features(
        TableSpace({"depth": (), "act": ("relu",)}, rows, key="arch"), ["a", "b"], "products", cache=False
    )
    assert np.isnan(table.frame.to_numpy()).all()
    assert table.reason("a", "product_depth*act=relu") == "unknown act 'gelu'"
    assert table.reason("b", "product_depth*act=relu") == "no value"


def test_one_option_or_too_many_have_none() -> None:
    many = ConfigSpace({f"o{i}": [1, 2] for i in range(33)}, name="many")
    assert MOST < 33 * 32 / 2
    for space in (many, ConfigSpace({"depth": [1, 2, 3]}, name="one")):
        assert default_groups(space, settles=("products",)) == ("config",)
        with pytest.raises(ProxyrankError, match=f"products has no columns in the space {space.name}"):
            compute_features(space, space.sample(1, seed=0), "products", cache=False)


def test_only_a_model_that_settles_it_is_given_it_unasked() -> None:
    assert default_groups(SPACE) == usual_groups(SPACE, "gp") == ("config",)
    assert usual_groups(SPACE) == usual_groups(SPACE, "auto") == ("config", "products")
    assert usual_groups(get_space("nb201"), "auto") == ("paths", "cell", "flow")
    table = compute_features(SPACE, SPACE.sample(4, seed=0), "config,products", cache=False)
    assert wanted_groups(SPACE, None, table) == ("config", "products")
    assert wanted_groups(SPACE, None, table, model="lightgbm") == ("config",)
    assert wanted_groups(SPACE, "products", table, model="lightgbm") == ("products", "config")
    assert get_group("products").columns(SPACE) == [c for c in table.columns if c.startswith("product_")]

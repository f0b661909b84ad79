"""Sizes against the built network's published figures."""

import pytest

from proxyrank.evaluate import size_scores, sized_dataset
from proxyrank.spaces import data_shape, get_space
from proxyrank.spaces.table import TableSpace


def test_size_scores() -> None:
    space = get_space("nb201")
    none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    conv = none.replace("none", "nor_conv_3x3")
    frame = size_scores(space, [conv, none], "cifar10")
    assert list(frame.columns) == ["flops", "params", "dim"]
    assert frame["params"].to_dict() == {conv: 1_531_546, none: 73_306}
    assert frame.index.name == "arch"
    assert size_scores(space, [], "cifar10").shape == (0, 3)


def test_x23_a_network_that_cannot_be_built_has_no_sizes() -> None:
    from torch import nn

    def make(width: int) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(48, 10 // (width - 1)))

    rows = {"a": {"width": 2}, "b": {"width": 1}}
    space = TableSpace({"width": ()}, rows, key="arch", build=make, data=data_shape("3x4x4:10"))
    frame = size_scores(space, ["a", "b"], "3x4x4:10")
    assert frame.loc["a"].to_dict() == {"flops": 490, "params": 490, "dim": 2}
    assert frame.loc["b"].isna().all()


@pytest.mark.parametrize(
    ("name", "dataset"), [("cifar100", "cifar100"), ("acc", "cifar10"), (None, "cifar10")]
)
def test_whose_sizes(name: str | None, dataset: str) -> None:
    assert sized_dataset(get_space("nb201"), name) == dataset
    assert sized_dataset(get_space("smallnets"), name) == "digits"

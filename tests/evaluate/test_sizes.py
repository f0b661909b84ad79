"""Sizes against the built network's published figures."""

import pytest

from proxyrank.evaluate import size_scores, sized_dataset
from proxyrank.spaces import get_space


def test_size_scores() -> None:
    space = get_space("nb201")
    none = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    conv = none.replace("none", "nor_conv_3x3")
    frame = size_scores(space, [conv, none], "cifar10")
    assert list(frame.columns) == ["flops", "params", "dim"]
    assert frame["params"].to_dict() == {conv: 1_531_546, none: 73_306}
    assert frame.index.name == "arch"
    assert size_scores(space, [], "cifar10").shape == (0, 3)


@pytest.mark.parametrize(
    ("name", "dataset"), [("cifar100", "cifar100"), ("acc", "cifar10"), (None, "cifar10")]
)
def test_whose_sizes(name: str | None, dataset: str) -> None:
    assert sized_dataset(get_space("nb201"), name) == dataset
    assert sized_dataset(get_space("smallnets"), name) == "digits"

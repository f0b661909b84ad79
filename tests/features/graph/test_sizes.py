"""Sizes as columns: logarithms of the closed forms of the network without dead operations."""

import math

from proxyrank.features import compute_features
from proxyrank.spaces import get_space


def test_logarithms_of_the_effective_sizes() -> None:
    space = get_space("nb201")
    dead = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|avg_pool_3x3~1|none~2|"
    for dataset in ("cifar10", "cifar100"):
        row = compute_features(space, [dead], ["sizes"], settings={"dataset": dataset}).frame.loc[dead]
        sizes = space.sizes(dead, dataset, effective=True)
        assert row.to_list() == [math.log(sizes.flops), math.log(sizes.params), sizes.dim]
        assert sizes.params < space.sizes(dead, dataset).params

"""Sizes are those of the network that is built."""

import pytest

from proxyrank.search.evolution.measures import Measures
from proxyrank.spaces import get_space


@pytest.mark.parametrize("dataset", ["digits", "cifar10", "3x12x12:7"])
def test_sizes_are_those_of_the_data_set_s_network(dataset: str) -> None:
    space = get_space("nb201")
    (arch,) = space.sample(1, seed=3)
    network = space.network(arch, dataset)
    measured = Measures("nb201", dataset).of(arch, ("flops", "params"))
    assert measured["params"] == sum(tensor.numel() for tensor in network.parameters())

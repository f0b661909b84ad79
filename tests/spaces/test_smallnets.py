"""The family that ships: 432 networks, each as its options say."""

import itertools

import pytest
import torch
from torch import nn

from proxyrank.features import compute_features
from proxyrank.spaces.smallnets import SMALLNETS
from proxyrank.testing.spaces import SpaceContract


class TestContract(SpaceContract):
    space = SMALLNETS
    shape = SMALLNETS.data


def network_of(**config: object) -> nn.Module:
    assert SMALLNETS.network is not None
    return SMALLNETS.network(SMALLNETS.parse(config), "digits")


BASE = {"depth": 2, "width": 8, "kernel": 3, "expansion": 2, "activation": "silu", "norm": "batch"}


def test_every_choice_of_every_option_gives_logits() -> None:
    assert SMALLNETS.archs is not None
    assert len(SMALLNETS.archs()) == 432
    x = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    for option, choices in SMALLNETS.options.items():
        for choice in choices:
            network = network_of(**(BASE | {option: choice}))
            assert network(x).shape == (4, 10)


@pytest.mark.parametrize(
    ("depth", "width", "kernel", "expansion", "norm"),
    list(itertools.product((1, 4), (4, 16), (1, 5), (1, 2), ("none", "batch"))),
)
def test_sizes_by_hand(depth: int, width: int, kernel: int, expansion: int, norm: str) -> None:
    config = {
        "depth": depth,
        "width": width,
        "kernel": kernel,
        "expansion": expansion,
        "activation": "relu",
        "norm": norm,
    }
    inner, pixels = width * expansion, 4 * 4
    extra = {"none": 1, "batch": 2}[norm]  # a bias, or scale and shift, per channel
    biases = 1 if norm == "none" else 0
    block = 2 * width * inner + inner * kernel**2
    params = 3 * 9 * width + extra * width + depth * (block + extra * (2 * inner + width)) + 10 * (width + 1)
    flops = pixels * (3 * 9 * width + biases * width + depth * (block + biases * (2 * inner + width)))
    assert SMALLNETS.sizes is not None
    found = SMALLNETS.sizes(SMALLNETS.parse(config), "digits")
    assert (found.flops, found.params) == (flops + 10 * (width + 1), params)


def test_sizes_are_those_of_the_proxies() -> None:
    archs = SMALLNETS.sample(3, seed=5)
    settings = {"dataset": "digits", "batch_size": 2}
    frame = compute_features(SMALLNETS, archs, "zcs", settings=settings, cache=False).frame
    assert SMALLNETS.sizes is not None
    for arch in archs:
        sizes = SMALLNETS.sizes(arch, "digits")
        assert (sizes.flops, sizes.params) == (frame.loc[arch, "flops"], frame.loc[arch, "params"])


def test_options_that_do_not_change_sizes_change_the_function() -> None:
    x = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    outputs = []
    for activation in ("relu", "silu", "tanh"):
        torch.manual_seed(0)
        outputs.append(network_of(**(BASE | {"activation": activation}))(x))
    assert not torch.allclose(outputs[0], outputs[1])
    assert not torch.allclose(outputs[1], outputs[2])

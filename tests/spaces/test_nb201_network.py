"""The network and its closed-form sizes: counted on the built module, and against published figures."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import NetworkConfig, Sizes, get_space, network_config

SPACE = get_space("nb201")
ALL_CONV3 = SPACE.parse((2,) * 6)
ALL_NONE = SPACE.parse((1,) * 6)


def counted_sizes(network: nn.Module, config: NetworkConfig) -> Sizes:
    """Multiply-accumulates and bias outputs seen by hooks; parameters and tensors of the module."""
    flops = 0

    def count(module: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal flops
        if isinstance(module, nn.Conv2d):
            flops += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            flops += output[0].numel() * module.in_features + output[0].numel()

    handles = [module.register_forward_hook(count) for module in network.modules()]
    network.eval()(torch.zeros(1, config.channels, config.resolution, config.resolution))
    for handle in handles:
        handle.remove()
    tensors = list(network.parameters())
    return Sizes(flops, sum(t.numel() for t in tensors), len(tensors))


@pytest.mark.parametrize(
    "config",
    [
        network_config("cifar10"),
        network_config("ImageNet16-120"),
        NetworkConfig(width=3, depth=2, classes=7, channels=1, resolution=12),
    ],
)
def test_closed_form_equals_counts_on_the_built_network(config: NetworkConfig) -> None:
    for arch in SPACE.sample(6, seed=5):
        assert SPACE.sizes(arch, config) == counted_sizes(SPACE.build(arch, config), config)
        effective = SPACE.sizes(arch, config, effective=True)
        assert effective == counted_sizes(SPACE.build(SPACE.canonical(arch), config), config)


def test_published_sizes() -> None:
    config = network_config("cifar10")
    assert SPACE.sizes(ALL_NONE, config) == Sizes(7_783_050, 73_306, 21)
    assert SPACE.sizes(ALL_CONV3, config) == Sizes(220_119_690, 1_531_546, 291)


def test_a6_dead_convs_count_as_built_only() -> None:
    config = network_config("cifar10")
    live = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|avg_pool_3x3~2|"
    dead = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|avg_pool_3x3~1|none~2|"
    assert SPACE.sizes(live, config).params == SPACE.sizes(dead, config).params == 559_386
    assert SPACE.sizes(live, config, effective=True).params == 559_386
    assert SPACE.sizes(dead, config, effective=True).params == 316_346


def test_parameter_order_of_the_published_network(reference_folder: Path) -> None:
    example = json.loads((reference_folder / "reference.json").read_text())["param_order_example"]
    arch = json.loads((reference_folder / "reference.json").read_text())["archs"][example["net"]]["arch"]
    network = SPACE.build(arch, NetworkConfig(width=4, depth=1, resolution=16))
    assert [list(p.shape) for p in network.parameters()] == [shape for _, shape in example["shapes"]]


def test_shapes_and_connected_gradient() -> None:
    config = NetworkConfig(width=4, depth=1, classes=5, channels=1, resolution=8)
    x = torch.ones(2, 1, 8, 8, requires_grad=True)
    logits = SPACE.build(ALL_NONE, config)(x)
    assert logits.shape == (2, 5)
    (gradient,) = torch.autograd.grad(logits.sum(), x)
    assert torch.equal(gradient, torch.zeros_like(x))


def test_resolution_that_cannot_be_halved_twice() -> None:
    with pytest.raises(ProxyrankError, match="multiple of 4, got 18"):
        SPACE.build(ALL_NONE, NetworkConfig(resolution=18))
    with pytest.raises(ProxyrankError, match="width of a network must be at least 1, got 0"):
        NetworkConfig(width=0)

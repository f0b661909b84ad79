"""The network and its closed-form sizes: counted on the built module, and against published figures."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import DataShape, Sizes, data_shape, get_space
from proxyrank.spaces.nb201 import Skeleton

SPACE = get_space("nb201")
ALL_CONV3 = SPACE.parse((2,) * 6)
ALL_NONE = SPACE.parse((1,) * 6)


def counted_sizes(network: nn.Module, dataset: str | DataShape) -> Sizes:
    """Multiply-accumulates and bias outputs seen by hooks; parameters and tensors of the module."""
    flops, shape = 0, data_shape(dataset)

    def count(module: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal flops
        if isinstance(module, nn.Conv2d):
            flops += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            flops += output[0].numel() * module.in_features + output[0].numel()

    handles = [module.register_forward_hook(count) for module in network.modules()]
    network.eval()(torch.zeros(1, shape.channels, shape.resolution, shape.resolution))
    for handle in handles:
        handle.remove()
    tensors = list(network.parameters())
    return Sizes(flops, sum(t.numel() for t in tensors), len(tensors))


@pytest.mark.parametrize(
    ("dataset", "skeleton"),
    [
        ("cifar10", None),
        ("ImageNet16-120", None),
        ("digits", None),
        (DataShape(classes=7, channels=1, resolution=12), Skeleton(width=3, depth=2)),
    ],
)
def test_closed_form_equals_counts_on_the_built_network(
    dataset: str | DataShape, skeleton: Skeleton | None
) -> None:
    for arch in SPACE.sample(6, seed=5):
        network = SPACE.network(arch, dataset, skeleton)
        assert SPACE.sizes(arch, dataset, skeleton=skeleton) == counted_sizes(network, dataset)
        effective = SPACE.sizes(arch, dataset, effective=True, skeleton=skeleton)
        lean = SPACE.network(SPACE.canonical(arch), dataset, skeleton)
        assert effective == counted_sizes(lean, dataset)


def test_published_sizes() -> None:
    config = "cifar10"
    assert SPACE.sizes(ALL_NONE, config) == Sizes(7_783_050, 73_306, 21)
    assert SPACE.sizes(ALL_CONV3, config) == Sizes(220_119_690, 1_531_546, 291)


def test_a6_dead_convs_count_as_built_only() -> None:
    config = "cifar10"
    live = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|avg_pool_3x3~2|"
    dead = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|avg_pool_3x3~1|none~2|"
    assert SPACE.sizes(live, config).params == SPACE.sizes(dead, config).params == 559_386
    assert SPACE.sizes(live, config, effective=True).params == 559_386
    assert SPACE.sizes(dead, config, effective=True).params == 316_346


def test_parameter_order_of_the_published_network(reference_folder: Path) -> None:
    example = json.loads((reference_folder / "reference.json").read_text())["param_order_example"]
    arch = json.loads((reference_folder / "reference.json").read_text())["archs"][example["net"]]["arch"]
    network = SPACE.network(arch, DataShape(resolution=16), Skeleton(width=4, depth=1))
    assert [list(p.shape) for p in network.parameters()] == [shape for _, shape in example["shapes"]]


def test_shapes_and_connected_gradient() -> None:
    shape = DataShape(classes=5, channels=1, resolution=8)
    x = torch.ones(2, 1, 8, 8, requires_grad=True)
    logits = SPACE.network(ALL_NONE, shape, Skeleton(width=4, depth=1))(x)
    assert logits.shape == (2, 5)
    (gradient,) = torch.autograd.grad(logits.sum(), x)
    assert torch.equal(gradient, torch.zeros_like(x))


def test_resolution_that_cannot_be_halved_twice() -> None:
    with pytest.raises(ProxyrankError, match="multiple of 4, got 18"):
        SPACE.network(ALL_NONE, DataShape(resolution=18))
    with pytest.raises(ProxyrankError, match="width and depth of a network must be at least 1, got 0 and 5"):
        Skeleton(width=0)

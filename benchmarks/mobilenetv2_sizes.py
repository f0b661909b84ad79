"""Sizes of MobileNetV2 strings in closed form against networks that are built and run, on random strings.

    python benchmarks/mobilenetv2_sizes.py --strings 200

The networks hold no numbers (torch's meta device), so that wide ones cost no memory.
"""

import argparse

import torch
from torch import Tensor, nn

from proxyrank.spaces import DataShape, Sizes, get_space


def counted(network: nn.Module, shape: DataShape) -> Sizes:
    """Multiply-accumulates and additions of a bias as they happen; parameters and tensors of the module."""
    flops = 0

    def count(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal flops
        each = module.weight[0].numel() + (module.bias is not None)
        flops += output[0].numel() * each

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(count)
    network.eval()(torch.zeros(1, *shape.shape, device="meta"))
    tensors = list(network.parameters())
    return Sizes(flops, sum(tensor.numel() for tensor in tensors), len(tensors))


def main() -> None:
    """Print how many networks agree, and every one that does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--strings", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    shape = DataShape(resolution=33, classes=7)
    for name in ("mobilenetv2", "mobilenetv2-plain"):
        space, equal = get_space(name), 0
        archs = space.sample(given.strings, seed=given.seed)
        for arch in archs:
            with torch.device("meta"):
                network = space.network(arch, shape)
            built, closed = counted(network, shape), space.sizes(arch, shape)
            equal += built == closed
            if built != closed:
                print(f"{arch}: built {built}, closed form {closed}")
        print(f"{name}: {equal} of {len(archs)} strings have the same FLOPs, parameters and tensors")


if __name__ == "__main__":
    main()

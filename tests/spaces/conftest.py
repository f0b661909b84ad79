"""Sizes counted on a built network, the oracle of every closed form; files of the field's spaces."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import nn

from proxyrank.spaces import DataShape, Sizes


def _counted(network: nn.Module, shape: DataShape) -> Sizes:
    """Multiply-accumulates and bias outputs seen by hooks; parameters and tensors of the module."""
    flops = 0

    def count(module: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal flops
        if isinstance(module, nn.Conv2d):
            flops += (
                output[0].numel() * module.weight[0].numel() + (module.bias is not None) * output[0].numel()
            )
        elif isinstance(module, nn.Linear):
            flops += output[0].numel() * (module.in_features + 1)

    for module in network.modules():
        module.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, shape.channels, shape.resolution, shape.resolution))
    tensors = list(network.parameters())
    return Sizes(flops, sum(t.numel() for t in tensors), len(tensors))


@pytest.fixture(scope="session")
def counted() -> Callable[[nn.Module, DataShape], Sizes]:
    """Count the sizes of a network on zeros of a shape."""
    return _counted


@pytest.fixture(scope="session")
def table(data_folder: Path) -> Callable[..., pd.DataFrame]:
    """Read a file of the folder ``spaces`` of the data; skips where it is not there."""

    def read(name: str, **options: object) -> pd.DataFrame:
        path = data_folder / "spaces" / name
        if not path.is_file():
            pytest.skip(f"{path} does not exist")
        if path.suffix == ".parquet":
            return pd.read_parquet(path, **options)
        return pd.read_csv(path, dtype=str, keep_default_na=False, **options)

    return read

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import torch

from proxyrank.spaces import DataShape, get_space
from proxyrank.spaces.nb201 import Skeleton


@pytest.fixture(scope="session")
def literal() -> ModuleType:
    """The slow, literal transcription of the published algorithm."""
    spec = importlib.util.spec_from_file_location("vkdnw_literal", Path(__file__).with_name("literal.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def random_network():
    """Float64 network of the i-th random cell, small, with BatchNorm statistics that are not 0 and 1."""

    def build(i: int, shape: DataShape | None = None, dtype: torch.dtype = torch.float64) -> torch.nn.Module:
        space = get_space("nb201")
        torch.manual_seed(i)
        shape = shape or DataShape(classes=5, resolution=8)
        network = space.network(space.sample(i + 1, seed=3)[i], shape, Skeleton(width=4, depth=1))
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                torch.nn.init.normal_(module.weight, 1, 0.2)
                torch.nn.init.normal_(module.bias, 0, 0.2)
        return network.to(dtype)

    return build

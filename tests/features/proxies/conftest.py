import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from proxyrank.features.network.batch import Batch
from proxyrank.features.network.passes import Passes


@pytest.fixture
def reference_passes(reference):
    """Passes of a reference network with its own images, labels, signs and zen weights."""

    def make(setting: str, net: int, dtype: torch.dtype = torch.float64, *, channels_last: bool = False):
        def standard_normal(network: torch.nn.Module) -> None:
            draws = reference.network(setting, net, dtype, zen=True).state_dict()
            with torch.no_grad():
                for name, parameter in network.named_parameters():
                    parameter.copy_(draws[name])

        batch = Batch(
            reference.inputs(setting, 1, dtype),
            reference.labels(setting, 1),
            reference.inputs(setting, 2, dtype),
            reference.labels(setting, 2),
        )
        return Passes(
            reference.network(setting, net, dtype),
            batch,
            signs=reference.signs,
            standard_normal=standard_normal,
            channels_last=channels_last,
        )

    return make


@pytest.fixture(scope="session")
def literal() -> ModuleType:
    """The slow, literal transcriptions of the published proxies."""
    spec = importlib.util.spec_from_file_location("proxies_literal", Path(__file__).with_name("literal.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def subject(reference, literal):
    """A reference network as the literal transcriptions take it, fresh with every call."""

    def make(setting: str, net: int):
        return literal.Subject(
            network=reference.network(setting, net).train(),
            x=reference.inputs(setting, 1),
            y=reference.labels(setting, 1),
            x2=reference.inputs(setting, 2),
            y2=reference.labels(setting, 2),
            signs=reference.signs(),
            normal=reference.network(setting, net, zen=True).train(),
        )

    return make

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

"""X30: compiled, parallel, converted and other wrapped modules score like the bare network, or say why."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.score import score_factories, score_network
from proxyrank.features.proxies import Missing
from proxyrank.spaces import DataShape

pytestmark = pytest.mark.usefixtures("one_thread")


def plain() -> nn.Module:
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()),
        nn.Sequential(nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 10),
    )


def inside(wrap: Callable[[nn.Module], nn.Module]) -> Callable[[nn.Module], nn.Module]:
    """Wrap the first block and the third layer only."""

    def wrapped(module: nn.Module) -> nn.Module:
        module[0], module[2] = wrap(module[0]), wrap(module[2])
        return module

    return wrapped


WRAPPERS: dict[str, Callable[[nn.Module], nn.Module]] = {
    "compiled": lambda module: torch.compile(module, backend="eager"),
    "parallel": nn.DataParallel,
    "compiled inside": inside(lambda module: torch.compile(module, backend="eager")),
    "parallel inside": inside(nn.DataParallel),
    "sync": nn.SyncBatchNorm.convert_sync_batchnorm,
    "half": nn.Module.half,
    "double": nn.Module.double,
}


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Two images a class, which epe_nas needs."""
    drawn = noise_batch(DataShape(resolution=8), 6, seed=0)
    return replace(drawn, y=torch.tensor([0, 9, 4, 9, 0, 4]))


@pytest.fixture
def bare(batch: Batch, one_thread: None) -> dict[str, float | Missing]:
    """Made within one thread as the others are: a fixture of the module would come before `one_thread`."""
    return score_network(plain, batch, "all")


@pytest.mark.parametrize("name", WRAPPERS)
def test_x30_a_wrapped_network_scores_like_the_bare_one(batch, bare, name: str) -> None:
    found = score_network(lambda: WRAPPERS[name](plain()), batch, "all")
    assert set(found) == set(bare)
    for column, value in bare.items():
        expected = value if isinstance(value, Missing) else pytest.approx(value, rel=1e-5)
        assert found[column] == expected, column


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
def test_x30_a_scripted_network_keeps_no_weights_in_silence() -> None:
    rows = score_factories({"script": lambda: torch.jit.script(plain())}, "flops,naswot", {"batch_size": 4})
    reason = "the layers of a scripted module cannot be drawn anew: score it unscripted"
    assert rows.reasons == {"flops": {"script": reason}, "naswot": {"script": reason}}


class Recurrent(nn.Module):
    """Rows of the image as a sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.head = nn.LSTM(24, 6, batch_first=True), nn.Linear(6, 10)

    def forward(self, x):
        return self.head(self.layers(x.permute(0, 2, 1, 3).flatten(2))[0][:, -1])


class Complex(nn.Module):
    """A parameter that is no real number."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 6, 3), nn.ReLU()
        self.weight = nn.Parameter(torch.randn(6, 10, dtype=torch.cfloat))

    def forward(self, x):
        return (self.relu(self.conv(x)).mean((2, 3)).to(self.weight.dtype) @ self.weight).abs()


@pytest.mark.parametrize("factory", [Recurrent, Complex])
def test_x30_unusual_layers_give_values_or_reasons(batch, factory) -> None:
    found = score_network(factory, batch, "all")
    values = [value for value in found.values() if not isinstance(value, Missing)]
    assert len(values) > len(found) / 4
    assert all(map(math.isfinite, values))
    assert all(value.reason for value in found.values() if isinstance(value, Missing))


def test_x30_a_wrapped_network_among_others() -> None:
    rows = score_factories(
        {"bare": plain, "parallel": lambda: nn.DataParallel(plain())}, "flops", {"batch_size": 4}
    )
    assert rows.values["flops"].nunique() == 1

from copy import deepcopy

import pytest
import torch
from torch import nn

from proxyrank.features.network import _copying
from proxyrank.features.network._copying import copy_of
from proxyrank.spaces import get_space
from proxyrank.spaces.nb201 import NB201, Skeleton


def _cell() -> nn.Module:
    return NB201.network(NB201.sample(1, seed=3)[0], "digits", Skeleton(width=4, depth=1))


class Holding(nn.Module):
    """Something that only a deep copy copies."""

    def __init__(self, what):
        super().__init__()
        self.layer = nn.Linear(3, 3)
        self.what = what


class Shared(nn.Module):
    """One module in two places, one parameter of two layers, a gap where a module may be."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = self.a
        self.c = nn.Linear(3, 3)
        self.c.weight = self.a.weight
        self.gap = None
        self.register_module("empty", None)
        self.register_buffer("passing", torch.arange(3.0), persistent=False)
        self.widths = [[1, 2], {"k": (3,)}]


def _view() -> nn.Module:
    network = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    network[1].weight.data = network[0].weight.data.view(3, 3)
    return network


def _hooked() -> nn.Module:
    network = nn.Linear(3, 3)
    network.register_forward_hook(lambda *given: None)
    return network


def _sparse() -> nn.Module:
    network = nn.Linear(3, 3)
    network.register_buffer("graph", torch.eye(3).to_sparse())
    return network


SIMPLE = {"cell": _cell, "shared": Shared, "mlp": lambda: nn.Sequential(nn.Linear(4, 2), nn.ReLU())}
NOT = {
    "tensor": lambda: Holding(torch.ones(2)),
    "module": lambda: Holding([nn.Linear(2, 2)]),
    "function": lambda: Holding(torch.relu),
    "view": _view,
    "hook": _hooked,
    "sparse": _sparse,
}


def _shares(a: nn.Module, b: nn.Module) -> bool:
    places = [
        {
            (t.coalesce().values() if t.is_sparse else t).untyped_storage().data_ptr()
            for t in (*network.parameters(), *network.buffers())
        }
        for network in (a, b)
    ]
    return bool(places[0] & places[1] - {0}) or bool({*map(id, a.modules())} & {*map(id, b.modules())})


@pytest.mark.parametrize("make", SIMPLE.values(), ids=SIMPLE)
def test_like_a_deep_copy(make, hash_state, monkeypatch):
    network = make()
    network.requires_grad_(False)
    next(network.parameters()).requires_grad_(True)
    expected = deepcopy(network)
    monkeypatch.setattr(_copying, "deepcopy", lambda _: pytest.fail("deep copy"))
    found = copy_of(network)
    for index in (0, 1):
        assert hash_state(found)[index] == hash_state(expected)[index] == hash_state(network)[index]
    assert [p.requires_grad for p in found.parameters()] == [p.requires_grad for p in network.parameters()]
    assert [type(p) for p in found.parameters()] == [type(p) for p in network.parameters()]
    assert str(found) == str(network)
    assert list(found.state_dict()) == list(network.state_dict())
    assert not _shares(found, network)


def test_what_is_shared_stays_shared():
    found = copy_of(Shared())
    assert found.a is found.b
    assert found.c.weight is found.a.weight
    original = Shared()
    found = copy_of(original)
    assert found.widths == original.widths
    assert found.widths[0] is not original.widths[0]
    assert found.widths[1] is not original.widths[1]
    assert found.empty is None
    assert "passing" not in found.state_dict()


@pytest.mark.parametrize("make", NOT.values(), ids=NOT)
def test_anything_else_is_copied_deeply(make, monkeypatch):
    network, called = make(), []
    monkeypatch.setattr(_copying, "deepcopy", lambda given: (called.append(given), deepcopy(given))[1])
    assert not _shares(copy_of(network), network)
    assert called == [network]


def test_formats_are_kept():
    network = nn.Conv2d(4, 4, 3).to(memory_format=torch.channels_last)
    assert copy_of(network).weight.stride() == network.weight.stride()
    x = torch.rand(2, 3, 8, 8)
    cell = get_space("nb201").network("(2, 1, 0, 2, 1, 0)", "digits").eval()
    assert torch.equal(copy_of(cell)(x), cell(x))

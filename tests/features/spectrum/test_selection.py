import pytest
import torch
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.spectrum.selection import Selection

NETWORK = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Linear(1, 1))


def test_the_papers_choice_is_the_first_entry_of_each_tensor():
    names = [name for name, _ in NETWORK.named_parameters()]
    assert Selection().scalars(NETWORK) == [(name, 0) for name in names]
    assert Selection(tensors=2).scalars(NETWORK) == [("0.weight", 0), ("0.bias", 0)]


def test_negative_numbers_are_shares():
    assert len(Selection(tensors=-2).scalars(NETWORK)) == 3
    assert len(Selection(tensors=-4).scalars(NETWORK)) == 1


@pytest.mark.parametrize(("position", "index"), [(0.0, 0), (0.2, 10), (0.5, 26), (1.0, 53), (1, 53)])
def test_position(position, index):
    assert Selection(tensors=1, position=position).scalars(NETWORK) == [("0.weight", index)]


@pytest.mark.parametrize("weights", [2, 4, 8, 9])
def test_several_weights_are_spread_as_published(weights):
    expected = torch.linspace(0, 53, weights).long().tolist()
    assert [index for _, index in Selection(tensors=1, weights=weights).scalars(NETWORK)] == expected
    assert expected[0] == 0
    assert expected[-1] == 53


def test_small_tensors_repeat_entries():
    scalars = [scalar for scalar in Selection(weights=4).scalars(NETWORK) if scalar[0] == "0.bias"]
    assert [index for _, index in scalars] == [0, 0, 1, 2]


def test_random_positions():
    one, same = (Selection(weights=4, position="random", seed=1).scalars(NETWORK) for _ in range(2))
    assert one == same
    assert one != Selection(weights=4, position="random", seed=2).scalars(NETWORK)
    indices = [index for name, index in one if name == "0.weight"]
    assert len(set(indices)) == 4
    assert all(0 <= index < 54 for index in indices)
    # The draw of a tensor does not depend on how many there are.
    assert one[:8] == Selection(tensors=2, weights=4, position="random", seed=1).scalars(NETWORK)


@pytest.mark.parametrize(
    "options",
    [
        {"tensors": 0},
        {"weights": 0},
        {"position": 1.5},
        {"position": -0.1},
        {"weights": 2, "position": 0.5},
    ],
)
def test_bad_options(options):
    with pytest.raises(ProxyrankError):
        Selection(**options)

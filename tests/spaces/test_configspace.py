"""Spaces of options: spelling, listing, drawing, neighbours, networks, sizes."""

import itertools
import json
import random

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import ConfigSpace, DataShape, data_shape, default_dataset, has
from proxyrank.spaces.configspace import LISTED
from proxyrank.testing.spaces import SpaceContract

OPTIONS = {"depth": [2, 4, 3], "rate": [0.5, 1.0], "se": [False, True], "act": ["relu", "gelu", "tanh"]}


class Toy(nn.Module):
    """A conv per depth, a classifier."""

    def __init__(self, depth: int, rate: float, se: bool, act: str) -> None:
        super().__init__()
        self.config = (depth, rate, se, act)
        self.layers = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1, bias=se) for _ in range(depth)))
        self.classifier = nn.Linear(36, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.classifier(self.layers(x).flatten(1))
        return logits


SPACE = ConfigSpace(OPTIONS, build=Toy, input_shape=(1, 6, 6), classes=5, name="toy")
EXACT = "depth=3,rate=0.5,se=true,act=gelu"


class TestContract(SpaceContract):
    space = SPACE
    spellings = ((EXACT, EXACT.replace(",", " , "), SPACE.config(EXACT), json.dumps(SPACE.config(EXACT))),)
    bad = ("", "depth", "depth=3", EXACT.replace("gelu", "elu"), f"{EXACT},{EXACT}", "|nor_conv_3x3~0|")
    shape = SPACE.data


class TestContractOfALargeSpace(SpaceContract):
    space = ConfigSpace({f"o{i}": list(range(10)) for i in range(9)}, name="wide")


@pytest.mark.parametrize(
    "text",
    [
        EXACT,
        " act = gelu, se=True ,rate=0.50,depth=3.0 ",
        {"act": "gelu", "se": True, "rate": 0.5, "depth": 3},
        {"act": "gelu", "se": np.True_, "rate": np.float32(0.5), "depth": np.int64(3)},
        {"depth": 3.0, "rate": "5e-1", "se": "true", "act": " gelu "},
        json.dumps({"se": True, "depth": 3, "act": "gelu", "rate": 0.5}),
    ],
)
def test_one_spelling_for_all_ways_to_write_it(text: object) -> None:
    assert SPACE.parse(text) == EXACT
    assert SPACE.config(text) == {"depth": 3, "rate": 0.5, "se": True, "act": "gelu"}


def test_choices_come_back_as_declared() -> None:
    config = SPACE.config("depth=2,rate=1,se=false,act=relu")
    assert [type(value) for value in config.values()] == [int, float, bool, str]
    assert config["rate"] == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("depth=3,rate=0.5,se=true", "lacks the option act"),
        ("depth=3,rate=0.5,se=true,act=gelu,wdth=3", "wdth"),
        ("depth=3,rate=0.5,se=true,act=gelu,depth=3", "an option twice"),
        ('{"depth": 3, "depth": 4, "rate": 0.5, "se": true, "act": "gelu"}', "an option twice"),
        ("depth=5,rate=0.5,se=true,act=gelu", "depth is one of 2, 4, 3, not '5'"),
        ({"depth": True, "rate": 0.5, "se": True, "act": "gelu"}, "depth is one of"),
        ({"depth": 3, "rate": float("nan"), "se": True, "act": "gelu"}, "rate is one of"),
        ({"depth": None, "rate": 0.5, "se": True, "act": "gelu"}, "depth is one of"),
        ({"depth": [3], "rate": 0.5, "se": True, "act": "gelu"}, "depth is one of"),
        ("", "OPTION=VALUE"),
        ("|nor_conv_3x3~0|", "OPTION=VALUE"),
        ("{depth: 3}", "no JSON object"),
        ('{"depth": 3', "no JSON object"),
        (3, "expected text or a mapping"),
        (None, "expected text or a mapping"),
    ],
)
def test_what_is_no_architecture_is_one_line(text: object, said: str) -> None:
    with pytest.raises(ArchitectureError, match=said) as error:
        SPACE.parse(text)
    assert "\n" not in str(error.value)
    assert "toy" in str(error.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "at least one option"),
        ({"a": []}, "list of choices"),
        ({"a": "abc"}, "list of choices"),
        ({"a": [1, 1.0]}, "there twice"),
        ({"a": [1, "1"]}, "there twice"),
        ({"a": ["x,y"]}, "without commas"),
        ({"a": ["x=y"]}, "without commas"),
        ({"a": [""]}, "without commas"),
        ({"a": ["x\n"]}, "without commas"),
        ({"a": [None]}, "a number, a truth value or a word"),
        ({"a": [float("nan")]}, "finite"),
        ({"a b": [1]}, "Python name"),
    ],
)
def test_options_that_cannot_be_written_are_refused(options: dict[str, list[object]], said: str) -> None:
    with pytest.raises(ProxyrankError, match=said):
        ConfigSpace(options, name="bad")  # type: ignore[arg-type]


def test_images_must_be_square() -> None:
    with pytest.raises(ProxyrankError, match="input_shape"):
        ConfigSpace(OPTIONS, input_shape=(3, 8, 9, 2), name="bad")


def test_all_architectures_are_listed_once_and_sorted() -> None:
    assert SPACE.archs is not None
    listed = SPACE.archs()
    wanted = [
        f"depth={d},rate={r},se={s},act={a}"
        for d, r, s, a in itertools.product((2, 3, 4), ("0.5", "1"), ("false", "true"), OPTIONS["act"])
    ]
    assert listed == sorted(wanted)
    assert len(SPACE) == len(listed) == 36
    assert [SPACE.parse(arch) for arch in listed] == listed
    with pytest.raises(ProxyrankError, match="unknown population"):
        SPACE.archs("filtered")


def test_neighbours_are_one_step_away() -> None:
    assert SPACE.archs is not None
    steps = {"depth": 1, "rate": 0.5, "se": 1}

    def adjacent(a: dict[str, object], b: dict[str, object]) -> bool:
        differ = [option for option in a if a[option] != b[option]]
        if len(differ) != 1:
            return False
        option = differ[0]
        return option == "act" or abs(float(a[option]) - float(b[option])) == steps[option]  # type: ignore[arg-type]

    configs = {arch: SPACE.config(arch) for arch in SPACE.archs()}
    for arch, config in configs.items():
        wanted = {other for other, theirs in configs.items() if adjacent(dict(config), dict(theirs))}
        found = SPACE.neighbours(arch)
        assert set(found) == wanted
        assert len(found) == len(wanted)


def test_samples_are_prefixes_and_leave_the_callers_generators_alone() -> None:
    before = (random.getstate(), np.random.get_state()[1].copy())  # noqa: NPY002
    long = SPACE.sample(36, seed=3)
    assert SPACE.sample(7, seed=3) == long[:7]
    assert sorted(long) == sorted(set(long))
    assert len(set(long)) == 36
    assert SPACE.sample(7, seed=4) != long[:7]
    assert before[0] == random.getstate()
    assert (before[1] == np.random.get_state()[1]).all()  # noqa: NPY002
    with pytest.raises(ProxyrankError, match="cannot sample 37"):
        SPACE.sample(37, seed=0)


def test_a_space_too_large_to_list_is_drawn_from() -> None:
    wide = ConfigSpace({f"o{i}": list(range(10)) for i in range(9)}, name="wide")
    assert len(wide) == 10**9 > LISTED
    assert not has(wide, "archs")
    assert not has(wide, "populations")
    drawn = wide.sample(300, seed=1)
    assert wide.sample(20, seed=1) == drawn[:20]
    assert len(set(drawn)) == 300
    assert [wide.parse(arch) for arch in drawn] == drawn
    values = np.array([list(wide.config(arch).values()) for arch in drawn], dtype=float)
    assert np.abs(values.mean(axis=0) - 4.5).max() < 0.6  # four standard errors of a uniform digit
    assert len(wide.neighbours(drawn[0])) >= 9


def test_network_is_what_the_builder_makes() -> None:
    assert SPACE.network is not None
    network = SPACE.network(EXACT, SPACE.data)
    assert isinstance(network, Toy)
    assert network.config == (3, 0.5, True, "gelu")
    with pytest.raises(ProxyrankError, match="1x6x6:5, not for cifar10"):
        SPACE.network(EXACT, "cifar10")
    assert not has(ConfigSpace(OPTIONS, name="bare"), "network")
    assert not has(ConfigSpace(OPTIONS, name="bare"), "sizes")


def test_sizes_are_counted_by_hand() -> None:
    assert SPACE.sizes is not None
    state = torch.random.get_rng_state()
    found = SPACE.sizes(EXACT, SPACE.data)
    assert torch.equal(state, torch.random.get_rng_state())
    # three convs of 9 weights and a bias on 36 pixels, then 36 inputs to 5 classes with biases
    assert found.flops == 3 * 36 * (9 + 1) + 5 * (36 + 1)
    assert found.params == 3 * (9 + 1) + 5 * (36 + 1)
    assert found.dim == 3 * 2 + 2


def test_shape_has_a_name() -> None:
    assert default_dataset(SPACE) == str(SPACE.data) == "1x6x6:5"
    assert data_shape("1x6x6:5") == SPACE.data
    assert str(DataShape(resolution=8)) == "digits"
    assert default_dataset(ConfigSpace(OPTIONS, input_shape=(3, 8, 8), name="d"), "cifar100") == "digits"
    with pytest.raises(ProxyrankError, match="unknown dataset"):
        data_shape("3x32x32")


def test_shapes_that_are_no_square_images() -> None:
    for text, sides in (("3x32x31:10", (3, 32, 31)), ("32x3:10", (32, 3)), ("30:10", (30,))):
        shape = data_shape(text, square=False)
        assert (shape.shape, str(shape)) == (sides, text)
        assert shape == DataShape.of(sides, 10) != DataShape.of(sides, 9)
        with pytest.raises(ProxyrankError, match="square images"):
            data_shape(text)
    assert data_shape("30@99:10", square=False) == DataShape.of((30,), 10, words=99)
    assert str(DataShape.of((3, 32, 32), 10)) == "cifar10"
    rows = ConfigSpace(
        {"a": [1, 2]}, build=lambda a: torch.nn.Linear(6, 5), input_shape=(6,), classes=5, name="r"
    )
    assert rows.sizes is not None
    assert rows.sizes("a=1", rows.data).flops == 35


def test_hyperparameters_are_plain() -> None:
    stated = SPACE.hyperparameters
    assert json.loads(json.dumps(stated)) == stated
    assert stated == {"options": OPTIONS, "input_shape": [1, 6, 6], "classes": 5}

"""MBConv networks: spelling, sizes on the built network and in the published table."""

import pytest

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces import DataShape
from proxyrank.spaces.mbconv import MBCONV
from proxyrank.testing.spaces import SpaceContract

SMALL = "e1k3l1s0-e1k3l1s1-e4k5l2s0-e1k3l1s0-e6k3l1s1-e1k3l1s0-e1k3l1s0"


def test_spellings() -> None:
    assert MBCONV.parse(f' "{SMALL}"\n') == SMALL


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (7, "not an MBConv network"),
        (SMALL[:-9], "expected e1k3l1s0-e6k3l2s1"),
        (SMALL.replace("e4k5l2s0", "e4k5l2"), "stage 3: 'e4k5l2' is not a stage"),
        (SMALL.replace("e4", "e3"), "stage 3: expansion e must be one of 1, 4, 6, got 3"),
        (SMALL.replace("k5", "k7"), "stage 3: kernel k must be one of 3, 5, got 7"),
        (SMALL.replace("l2", "l5"), "stage 3: layers l must be one of 1, 2, 3, 4, got 5"),
        (
            SMALL.replace("e6k3l1s1", "e6k3l1s2"),
            "stage 5: squeeze-and-excitation s must be one of 0, 1, got 2",
        ),
    ],
)
def test_refused_by_stage(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        MBCONV.parse(text)


def test_closed_form_equals_the_built_network(counted) -> None:
    shape = DataShape(channels=1, resolution=33, classes=5)
    for arch in [SMALL, *MBCONV.sample(4, seed=0)]:
        assert MBCONV.sizes(arch, shape) == counted(MBCONV.network(arch, shape), shape)


def test_parameters_of_the_published_table(table) -> None:
    rows = table("accel_nasbench_imagenet.csv").head(300)
    shape = DataShape(resolution=224, classes=1000)
    ours = [MBCONV.sizes(MBCONV.parse(arch), shape).params / 1e6 for arch in rows["arch"]]
    assert ours == pytest.approx(rows["params_m"].astype(float).to_list(), abs=1e-9)


def test_neighbours_differ_in_one_choice() -> None:
    found = MBCONV.neighbours(SMALL)
    assert len(found) == 7 * (2 + 1 + 3 + 1)
    assert all(sum(a != b for a, b in zip(arch, SMALL, strict=True)) == 1 for arch in found)
    assert all(MBCONV.parse(arch) == arch for arch in found)


class TestContract(SpaceContract):
    space = MBCONV
    spellings = ((SMALL, f" {SMALL} "),)

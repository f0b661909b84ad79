"""NAS-Bench-Macro: spelling, sizes on the built network and in the published table."""

import pytest

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces import DataShape
from proxyrank.spaces.nb_macro import NB_MACRO
from proxyrank.testing.spaces import SpaceContract


def test_all_architectures() -> None:
    archs = NB_MACRO.archs()
    assert len(set(archs)) == 3**8
    assert list(archs) == sorted(archs)
    assert [NB_MACRO.parse(f" '{arch}' ") for arch in archs[:50]] == list(archs[:50])


@pytest.mark.parametrize("text", [1201, "0120120", "012012013", "01201203", ""])
def test_refused(text: object) -> None:
    with pytest.raises(ArchitectureError, match="is not a NAS-Bench-Macro network; expected 8 digits"):
        NB_MACRO.parse(text)


def test_closed_form_equals_the_built_network(counted) -> None:
    shape = DataShape(channels=1, resolution=10, classes=3)
    for arch in ["00000000", "11111111", *NB_MACRO.sample(4, seed=0)]:
        assert NB_MACRO.sizes(arch, shape) == counted(NB_MACRO.network(arch, shape), shape)


def test_sizes_of_the_published_table(table) -> None:
    rows = table("nasbench_macro_cifar10.csv").iloc[::20]
    ours = [NB_MACRO.sizes(arch, "cifar10") for arch in rows["arch"]]
    assert [sizes.params for sizes in ours] == rows["params"].astype(int).to_list()
    # the table does not count the ten biases of the classifier
    assert [sizes.flops - 10 for sizes in ours] == rows["flops"].astype(int).to_list()


def test_neighbours_differ_in_one_digit() -> None:
    found = NB_MACRO.neighbours("01201201")
    assert len(set(found)) == 16
    assert all(sum(a != b for a, b in zip(arch, "01201201", strict=True)) == 1 for arch in found)


class TestContract(SpaceContract):
    space = NB_MACRO
    bad = ("", "0120120")

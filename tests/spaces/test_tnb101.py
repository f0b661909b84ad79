"""TransNAS-Bench-101 micro: spelling, keys, sizes on the built network and in the published table."""

from itertools import groupby

import pytest

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import DataShape, get_space
from proxyrank.spaces.tnb101 import TNB101_MICRO
from proxyrank.testing.spaces import SpaceContract


def test_spellings() -> None:
    exact = "(2, 3, 1, 0, 2, 3)"
    for text in (exact, "[2,3,1,0,2,3]", "64-41414-2_31_023", "2_31_023", " '(2, 3, 1, 0, 2, 3)' "):
        assert TNB101_MICRO.parse(text) == exact
    assert TNB101_MICRO.parse((2, 3, 1, 0, 2, 3)) == exact


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cell", "is not a TransNAS-Bench-101 micro cell; expected"),
        (5, "is not a TransNAS-Bench-101 micro cell"),
        ("(1, 2, 3)", "a cell has 6 codes, got 3"),
        ("(1, 2, 3, 4, 0, 0)", "code 4 at position 4 is not an operation; codes are 0 none, 1 skip_connect"),
    ],
)
def test_refused(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        TNB101_MICRO.parse(text)


def test_edges_stand_in_the_order_of_the_string() -> None:
    graph = TNB101_MICRO.graph("(0, 0, 0, 0, 0, 3)")
    assert [(e.source, e.target) for e in graph.edges] == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    assert graph.edges[-1].operation.kind == "conv3x3"


def test_a_skip_from_the_input_computes_where_the_image_is_halved() -> None:
    parts = TNB101_MICRO.parts("(1, 3, 1, 1, 0, 2)")
    assert parts["normal"] == TNB101_MICRO.graph("(1, 3, 1, 1, 0, 2)")
    kinds = [edge.operation.kind for edge in parts["reduce"].edges]
    assert kinds == ["conv1x1_s2", "conv3x3", "skip", "conv1x1_s2", "none", "conv1x1"]


def test_live_cells_are_those_of_the_table(table) -> None:
    archs = [TNB101_MICRO.parse(text) for text in table("tnb101_micro_classscene.csv")["arch"]]
    live = {TNB101_MICRO.canonical(arch) for arch in TNB101_MICRO.archs()}
    assert len(live) == len(archs) == 2128
    assert live == set(archs)


def test_closed_form_equals_the_built_network(counted) -> None:
    shape = DataShape(channels=1, resolution=32, classes=5)
    for arch in ["(1, 1, 1, 1, 1, 1)", "(0, 0, 0, 1, 0, 0)", *TNB101_MICRO.sample(3, seed=2)]:
        assert TNB101_MICRO.sizes(arch, shape) == counted(TNB101_MICRO.network(arch, shape), shape)


def test_parameters_of_the_published_table(table) -> None:
    rows = table("tnb101_micro_classscene.csv").iloc[::10]
    shape = DataShape(resolution=256, classes=63)
    ours = [TNB101_MICRO.sizes(TNB101_MICRO.parse(arch), shape).params / 1e6 for arch in rows["arch"]]
    assert ours == pytest.approx(rows["params"].astype(float).to_list(), abs=1e-9)


def test_keys_are_finer_than_those_of_constant_width() -> None:
    nb201 = get_space("nb201")
    cells = TNB101_MICRO.archs()
    ours = {arch: TNB101_MICRO.function_key(arch) for arch in cells}
    theirs = {arch: nb201.function_key(nb201.parse(as_nb201(arch))) for arch in cells}
    assert len(set(ours.values())) == len(set(zip(ours.values(), theirs.values(), strict=True))) == 1376
    assert len(set(theirs.values())) < 1376
    # a skip that halves the image, then a conv, is not that conv with stride
    assert ours["(1, 0, 0, 0, 3, 0)"] != ours["(0, 0, 0, 3, 0, 0)"]
    assert theirs["(1, 0, 0, 0, 3, 0)"] == theirs["(0, 0, 0, 3, 0, 0)"]


def as_nb201(arch: str) -> str:
    codes = [int(code) for code in arch.strip("()").split(",")]
    a, b, c, d, e, f = (("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")[code] for code in codes)
    return f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"


def test_cells_of_one_key_have_one_size() -> None:
    archs = sorted(map(TNB101_MICRO.canonical, TNB101_MICRO.archs()), key=TNB101_MICRO.function_key)
    for key, cells in groupby(archs, key=TNB101_MICRO.function_key):
        sizes = {TNB101_MICRO.sizes(cell, DataShape(resolution=64)) for cell in cells}
        assert len(sizes) == 1, key
    assert TNB101_MICRO.function_key(TNB101_MICRO.representative(archs[9])) == TNB101_MICRO.function_key(
        archs[9]
    )


def test_images_that_cannot_be_halved() -> None:
    with pytest.raises(ProxyrankError, match="multiple of 32, got 16"):
        TNB101_MICRO.network("(1, 1, 1, 1, 1, 1)", DataShape(resolution=16))


def test_neighbours_differ_in_one_operation() -> None:
    found = TNB101_MICRO.neighbours("(1, 2, 3, 0, 1, 2)")
    assert len(set(found)) == 18
    assert TNB101_MICRO.parse(found[0]) == found[0]


class TestContract(SpaceContract):
    space = TNB101_MICRO
    spellings = (("(2, 3, 1, 0, 2, 3)", (2, 3, 1, 0, 2, 3), "64-41414-2_31_023"),)
    shape = DataShape(resolution=32, classes=4)

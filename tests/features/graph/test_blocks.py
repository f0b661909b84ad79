"""Blocks in a row against the convolutions of the network itself, and by hand."""

import math
import operator

import pytest

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features import compute_features
from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.blocks import COLUMNS, block_values
from proxyrank.spaces import DataShape, Node, Operation, OpGraph, get_space
from proxyrank.spaces.blocks.layers import strided

WORDS = vocabulary(None)


def row(space: str, arch: str) -> dict[str, float]:
    return dict(zip(COLUMNS, block_values(get_space(space).graph(arch), WORDS), strict=True))


def conv_totals(space, arch: str, side: int) -> tuple[int, float]:
    """Weights of the convs of the network, and multiply-accumulates per pixel of the input."""
    params = work = 0
    pixels = side
    for layer in space.layers(space.value(arch), 3):
        for conv in layer.convs(pixels):
            params += conv.weights
            work += conv.weights * conv.pixels
        pixels = strided(pixels, layer.stride)
    return params, work / side**2


@pytest.mark.parametrize("name", ["mbconv", "nb-macro", "mobilenetv2-plain"])
def test_parameters_and_work_equal_those_of_the_network(name: str) -> None:
    space = get_space(name)
    for arch in space.sample(30, seed=1):
        if name == "mbconv":
            arch = arch.replace("s1", "s0")
        layers = space.layers(space.value(arch), 3)
        if name == "mobilenetv2-plain" and any(getattr(x, "width", 0) == x.inputs for x in layers):
            continue  # without an expansion the row has no first 1x1 conv
        params, work = conv_totals(space, arch, DataShape(resolution=1024).resolution)
        values = row(name, arch)
        assert values["blocks_log_params"] == pytest.approx(math.log1p(params), rel=1e-12)
        assert values["blocks_log_work"] == pytest.approx(math.log1p(work), rel=1e-9)


def test_an_mbconv_network_by_hand() -> None:
    values = row("mbconv", "e1k3l1s0-e4k5l2s1-e1k3l1s0-e6k3l4s1-e1k3l1s0-e1k5l3s0-e1k3l1s0")
    assert [values[f"block3_{name}"] for name in ("layers", "kernel", "expansion", "squeeze")] == [2, 5, 4, 1]
    assert (values["block3_expand"], values["block3_look"]) == (8, 10)
    assert values["block3_log_width"] == math.log1p(24)
    inner = 4 * 16
    first = 16 * inner + 25 * inner + inner * 24
    second = 24 * 96 + 25 * 96 + 96 * 24
    assert values["block3_log_params"] == pytest.approx(math.log1p(first + second))
    # the first layer is strided behind its expansion, the stem was strided before
    work = (16 * inner) / 4 + (25 * inner + inner * 24 + second) / 16
    assert values["block3_log_work"] == pytest.approx(math.log1p(work))
    assert values["level2_layers"] == 2
    assert values["level4_blocks"] == 2
    assert values["level4_squeezed"] == 4
    assert values["blocks_layers"] == 13 + 2
    assert values["blocks_blocks"] == 9
    assert values["blocks_expand"] == 1 + 1 + 8 + 1 + 24 + 1 + 3 + 1 + 1


def test_places_in_the_row_by_hand() -> None:
    values = row("mbconv", "e1k3l1s0-e4k5l2s1-e1k3l1s0-e6k3l4s1-e1k3l1s0-e1k5l3s0-e1k3l1s0")
    at = [i / 9 for i in range(1, 10)]  # stem, seven blocks, head
    assert values["blocks_sum_layers"] == values["blocks_layers"]
    assert values["blocks_sum_log_expansion"] == pytest.approx(math.log(4) + math.log(6))
    assert values["blocks_late_log_expansion"] == pytest.approx(at[2] * math.log(4) + at[4] * math.log(6))
    assert values["blocks_last_log_expand"] == pytest.approx(
        at[2] ** 2 * 2 * math.log(4) + at[4] ** 2 * 4 * math.log(6)
    )
    assert values["blocks_early_squeezed"] == pytest.approx((1 - at[2]) * 2 + (1 - at[4]) * 4)
    assert values["blocks_sum_squeeze"] == 2
    for name in ("log_work", "log_params"):
        blocks = [values[f"block{i}_{name}"] for i in range(1, 10)]
        assert values[f"blocks_sum_{name}"] == pytest.approx(sum(blocks))
        assert values[f"blocks_late_{name}"] == pytest.approx(sum(map(operator.mul, at, blocks)))


def test_a_space_that_declares_no_blocks_is_refused() -> None:
    with pytest.raises(ProxyrankError, match="needs networks that are blocks in a row; .* nb201 has none"):
        compute_features(get_space("nb201"), get_space("nb201").archs()[:1], ["blocks"], cache=False)


def test_identities_count_for_nothing_but_their_width() -> None:
    values = row("nb-macro", "00000000")
    assert values["block3_layers"] == values["block3_log_params"] == 0
    assert values["block3_log_width"] == math.log1p(64)
    assert values["block2_kernel"] == 1


def test_other_graphs_have_no_blocks() -> None:
    with pytest.raises(NotApplicableError, match="not a row of blocks"):
        block_values(get_space("nb201").graph(get_space("nb201").archs()[9]), WORDS)
    unknown = OpGraph.on_nodes([Node(), Node(Operation("conv", kernel=3))], [(0, 1)])
    with pytest.raises(NotApplicableError, match="no known width"):
        block_values(unknown, WORDS)


def test_as_a_group() -> None:
    table = compute_features(get_space("nb-macro"), ["01201201"], ["blocks"], cache=False)
    assert table.frame.loc["01201201"].to_list() == list(row("nb-macro", "01201201").values())

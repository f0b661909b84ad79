"""MobileNetV2 strings: grammar, sizes on the built network, changes by the rules of the published search."""

from math import inf

import numpy as np
import pytest
import torch

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import DataShape
from proxyrank.spaces.mobilenetv2 import MOBILENETV2, MOBILENETV2_PLAIN, START
from proxyrank.spaces.mobilenetv2.blocks import parse_blocks, round_width
from proxyrank.spaces.mobilenetv2.mutations import FACTORS, changed_blocks
from proxyrank.testing.spaces import SpaceContract

FIRST, LAST = "SuperConvK3BNRELU(3,8,2,1)", "SuperConvK1BNRELU(32,64,1,1)"
MIDDLE = "SuperResIDWE6K3(8,32,2,8,1)"
SMALL = FIRST + MIDDLE + LAST


def test_blanks_and_line_ends_are_harmless() -> None:
    spaced = SMALL.replace(",", ", ").replace(")S", ") \n S")
    assert MOBILENETV2.parse(f" '{spaced}'\n") == SMALL
    assert MOBILENETV2.parse(START) == START


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "not a string of blocks"),
        ("", "block 1: '' is no block"),
        ("|none~0|", "block 1: .* is no block; expected SuperConvK3BNRELU"),
        (
            "SuperConvK3BNRELU(3,8,2,1) SuperResIDWE6K3(8,32,2,8, 1)SuperResIDWE6K3(48,96,2,48,1)"
            "SuperConvK1BNRELU(96,2048,1,1)",
            "block 3 expects 48 channels, block 2 gives 32",
        ),
        (SMALL.replace("K3(8", "K4(8"), "block 2: kernel must be one of 3, 5, 7, got 4"),
        (SMALL.replace("E6", "E3"), "block 2: expansion must be one of 1, 2, 4, 6, got 3"),
        (SMALL.replace("32,2,8,1", "32,3,8,1"), "block 2: stride must be one of 1, 2, got 3"),
        (SMALL.replace("8,1)S", "8,0)S"), "block 2: layers must be at least 1, got 0"),
        (
            SMALL.replace("2,8,1", "2,12,1"),
            "block 2: bottleneck must be a multiple of 8, got 12; nearest: 16",
        ),
        (SMALL.replace("2,8,1", "2,8"), "block 2: SuperResIDWE6K3 has 5 numbers .*, got 4"),
        (SMALL.replace("2,8,1", "2,8,x"), "block 2: .* must hold whole numbers"),
        (FIRST + LAST.replace("32", "8") + MIDDLE, "block 2: found SuperConvK1BNRELU"),
        (FIRST, "block 1: found SuperConvK3BNRELU"),
        (MIDDLE + LAST, "block 1: found residual"),
        (SMALL.replace("(3,8,2,1)", "(4,8,2,1)"), "block 1 expects 4 channels, an image has 1 or 3"),
        (SMALL.replace("64,1,1)", "64,2,1)"), "block 3: stride must be 1, got 2"),
        (SMALL.replace("(3,8,2,1)", "(3,8,2,2)"), "block 1: SuperConvK3BNRELU has 1 layer, got 2"),
        (SMALL.replace("SuperRes", "SuperXes"), "block 2: unknown block 'SuperXesIDWE6K3'"),
        (SMALL + "junk", "block 4: 'junk' is no block"),
    ],
)
def test_refused_by_block_number(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        MOBILENETV2.parse(text)


@pytest.mark.parametrize("space", [MOBILENETV2, MOBILENETV2_PLAIN], ids=lambda s: s.name)
def test_closed_form_equals_the_built_network(space, counted) -> None:
    shape = DataShape(resolution=9, classes=5)
    archs = sorted(space.sample(60, seed=1), key=lambda arch: space.sizes(arch, shape).params)
    for arch in [START, *archs[:12]]:
        assert space.sizes(arch, shape) == counted(space.network(arch, shape), shape)


def test_published_start() -> None:
    shape = DataShape(resolution=224, classes=1000)
    sizes = MOBILENETV2.sizes(START, shape)
    assert MOBILENETV2.depth(START) == 6
    assert sizes.params == by_hand(START, classes=1000)
    assert sizes.flops < 450e6


def by_hand(arch: str, classes: int) -> int:
    """Parameters written down block by block, as SPEC describes them."""

    def residual(inputs: int, outputs: int, e: int, k: int, *, project: bool) -> int:
        wide = e * outputs
        body = inputs * wide + 2 * wide + k * k * wide + 2 * wide + wide * outputs + 2 * outputs
        return body + (inputs * outputs + outputs + 2 * outputs if project else 0)

    total = 0
    for block in parse_blocks(arch):
        if not block.expansion:
            total += block.inputs * block.outputs * block.kernel**2 + 2 * block.outputs
            continue
        inputs = block.inputs
        for layer in range(block.layers):
            first = layer == 0 or inputs != block.bottleneck
            total += residual(inputs, block.bottleneck, block.expansion, block.kernel, project=first)
            second = block.bottleneck != block.outputs
            total += residual(block.bottleneck, block.outputs, block.expansion, block.kernel, project=second)
            inputs = block.outputs
    return total + block.outputs * classes + classes


def test_shortcuts_by_position() -> None:
    arch = START.replace("(32,48,2,32,1)", "(32,48,1,48,3)")
    body = MOBILENETV2.network(arch, DataShape(resolution=32)).layers
    kinds = [type(layer.shortcut).__name__ for layer in list(body)[3:9]]
    # the first is always a conv; later ones keep 48 channels at stride 1
    assert kinds == ["Sequential", *["Identity"] * 5]
    plain = MOBILENETV2_PLAIN.network(arch, DataShape(resolution=32)).layers
    assert all(layer.shortcut is None for layer in list(plain)[1:-1])
    x = torch.randn(2, 48, 8, 8)
    block = body[4].eval()
    assert torch.allclose(block(x), torch.relu(block.body(x) + x))


def test_images_of_other_channels_are_refused() -> None:
    with pytest.raises(ProxyrankError, match="block 1 expects 3 channels, an image has 1"):
        MOBILENETV2.network(START, DataShape(channels=1))


def test_what_a_block_may_become() -> None:
    first, middle, last = parse_blocks(SMALL)
    assert {block.outputs for block in changed_blocks(first)} == {round_width(8 * f) for f in FACTORS}
    assert list(changed_blocks(last)) == [last]
    found = set(changed_blocks(middle))
    assert {(b.kernel, b.expansion) for b in found} == {(k, e) for k in (3, 5, 7) for e in (1, 2, 4, 6)}
    assert {b.layers for b in found} == {1, 2, 3}
    assert {b.outputs for b in found} == {80, 64, 48, 40, 32, 24, 16}  # 25.6 and 21.3 to 24, 12.8 to 16
    assert {b.bottleneck for b in found} == {16, 8}  # 20 to 16, 12 to 16, 10 to 8
    assert len(found) == 12 * 3 * 7 * 2


def test_neighbours_chain_and_split() -> None:
    five = SMALL.replace("8,1)S", "8,5)S")
    found = MOBILENETV2.neighbours(five)
    assert five not in found
    assert len(found) == len(set(found))
    assert all(MOBILENETV2.parse(arch) == arch for arch in found)
    halves = SMALL.replace(MIDDLE, "SuperResIDWE6K3(8,32,2,8,3)SuperResIDWE6K3(32,32,1,8,4)")
    assert halves in found
    depths = [MOBILENETV2.depth(arch) for arch in found]
    assert {min(depths), max(depths)} == {5, 9}


def test_mutations_are_changes_of_one_block() -> None:
    rng = np.random.default_rng(0)
    allowed = {*MOBILENETV2.neighbours(SMALL), SMALL}
    drawn = {MOBILENETV2.mutate(SMALL, rng) for _ in range(300)}
    assert drawn <= allowed
    assert len(drawn) > 100


@pytest.mark.parametrize(("width", "rounded"), [(1, 8), (12, 16), (20, 16), (19.9, 16), (21.4, 24), (64, 64)])
def test_widths_round_to_multiples_of_8(width: float, rounded: int) -> None:
    assert round_width(width) == rounded
    assert abs(rounded - width) <= min((abs(8 * k - width) for k in range(1, 20)), default=inf)


class TestContract(SpaceContract):
    space = MOBILENETV2
    examples = (START, SMALL)
    shape = DataShape(resolution=32, classes=4)

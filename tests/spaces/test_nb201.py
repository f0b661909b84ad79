"""NAS-Bench-201 cells: spellings, keys and counts against published facts and brute force."""

from itertools import permutations

import pytest

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import get_space
from proxyrank.spaces.nb201 import keys
from proxyrank.spaces.nb201.cell import parse_cell
from proxyrank.testing.spaces import SpaceContract

SPACE = get_space("nb201")
NONE = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"


class TestContract(SpaceContract):
    space = SPACE
    spellings = ((NONE, "(1, 1, 1, 1, 1, 1)", (1,) * 6, f"'{NONE}'"),)
    bad = ("", "no architecture at all", "|none~0|", "(1, 1)", "12", 12, None)


def test_a1_tuple_and_string_orders() -> None:
    right = "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|"
    assert SPACE.parse("(4, 0, 3, 1, 4, 3)") == right
    assert SPACE.parse((4, 0, 3, 1, 4, 3)) == right
    assert SPACE.to_tuple(right) == (4, 0, 3, 1, 4, 3)


def test_a1_round_trip_of_all_cells() -> None:
    archs = SPACE.archs()
    assert len(set(archs)) == 15_625
    assert all(SPACE.parse(str(SPACE.to_tuple(arch))) == arch == SPACE.parse(arch) for arch in archs)
    assert list(archs) == sorted(archs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12804", "index"),
        ("64:32:16:8:64", "not a topology cell"),
        ("|nor_conv_5x5~0|+|none~0|none~1|+|none~0|none~1|none~2|", "'nor_conv_5x5' at operation 1 of 6"),
        ("|none~0|+|none~0|none~1|+|none~0|AvgPool1x1~1|none~2|", "nearest valid name: avg_pool_3x3"),
        ("|none~0|+|none~0|none~1|", "3 node groups joined by '\\+', got 2"),
        ("|none~0|+|none~0|+|none~0|none~1|none~2|", "node group 2 has 2 operations, got 1"),
        (
            "|none~0|+|none~0|none~0|+|none~0|none~1|none~2|",
            "operation 3 of 6 \\(edge 1->2\\) must end in ~1",
        ),
        ("none~0+|none~0|none~1|+|none~0|none~1|none~2|", "must stand between"),
        ("(4, 0, 3, 1, 4)", "6 codes, got 5"),
        ("(4, 0, -1, 1, 4, 3)", "code -1 at position 3"),
        ("(4, 0, 5, 1, 4, 3)", "code 5 at position 3"),
        ("", "not a topology cell"),
        (12804, "not a topology cell"),
    ],
)
def test_a2_a7_refused_with_token_and_position(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        SPACE.parse(text)


@pytest.mark.parametrize("wrap", ["  {} ", "'{}'", '"{}"\n', "\t{}\r\n"])
def test_a7_blanks_quotes_and_line_ends_are_harmless(wrap: str) -> None:
    assert SPACE.parse(wrap.format(NONE)) == NONE
    assert SPACE.parse(wrap.format("(1, 1, 1, 1, 1, 1)")) == NONE


def test_a3_disconnected_cells() -> None:
    late = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|"
    assert SPACE.is_disconnected(NONE)
    assert SPACE.is_disconnected(late)
    assert SPACE.canonical(late) == NONE
    assert sum(map(SPACE.is_disconnected, SPACE.archs())) == 341


def test_a4_counts_of_the_three_keys() -> None:
    archs, filtered = SPACE.archs(), SPACE.archs("filtered")
    assert {SPACE.canonical(arch) for arch in archs} == set(filtered)
    assert len(filtered) == 9_445
    assert len({SPACE.nats_key(arch) for arch in archs}) == 6_466
    assert len({SPACE.nats_key(arch) for arch in filtered}) == 6_285
    assert len({SPACE.function_key(arch) for arch in archs}) == 5_425
    assert len({SPACE.function_key(arch) for arch in filtered}) == 5_425


def test_a4_dead_operation() -> None:
    assert SPACE.canonical("|none~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|") == NONE


def test_function_key_equals_brute_force_over_all_renamings() -> None:
    """The refined search must split cells exactly as the smallest form over every renaming does."""
    by_search: dict[str, set[str]] = {}
    for arch in SPACE.sample(400, seed=3, population="filtered"):
        reads, output = keys._instances(parse_cell(arch))
        forms = (keys._form(reads, output, list(order)) for order in permutations(range(len(reads))))
        by_search.setdefault(SPACE.function_key(arch), set()).add(repr(min(forms)))
    assert all(len(forms) == 1 for forms in by_search.values())
    assert len(set.union(*by_search.values())) == len(by_search)


def test_function_key_sees_shared_convs_where_nats_key_does_not() -> None:
    shared = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|"
    separate = "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|none~0|skip_connect~1|skip_connect~2|"
    assert SPACE.function_key(shared) != SPACE.function_key(separate)


def test_neighbours_and_samples() -> None:
    around = SPACE.neighbours(NONE)
    assert len(set(around)) == 24
    assert NONE not in around
    assert SPACE.sample(50, seed=1)[:20] == SPACE.sample(20, seed=1) != SPACE.sample(20, seed=2)
    with pytest.raises(ProxyrankError, match="has 9445"):
        SPACE.sample(10_000, seed=0, population="filtered")
    with pytest.raises(ProxyrankError, match="unknown population 'some'"):
        SPACE.archs("some")


def test_unknown_space_is_named() -> None:
    message = r"unknown search space 'nb301'; nearest: nb.01; known: .*nb201"
    with pytest.raises(ProxyrankError, match=message):
        get_space("nb301")

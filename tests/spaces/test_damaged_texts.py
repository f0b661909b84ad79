"""Texts that are nearly an architecture, or nothing at all: refused in one short line, or read."""

import re
from contextlib import suppress

import numpy as np
import pytest

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces import get_space, space_names
from proxyrank.spaces.darts import DARTS
from proxyrank.spaces.mbconv import MBCONV
from proxyrank.spaces.mobilenetv2 import MOBILENETV2, START
from proxyrank.spaces.nb101 import NB101

MANY = "9" * 5_000
"""More digits than Python turns into a number."""

PAIR = "('none', 0)"
CELL = f"[{', '.join([PAIR] * 8)}]"
GENOTYPE = f"Genotype(normal={CELL}, normal_concat=range(2, 6), reduce={CELL})"
DAMAGED = {
    "nothing": [None, 5, 5.5, float("nan"), [], {}, (), [None] * 6, b"x", "", " ", "[]", "{}", "\ud800"],
    "long": ["x" * 100_000, "(" * 5_000, "|" * 5_000, '{"matrix": ' + "[" * 100_000, MANY],
    "nb101": [
        '{"matrix": 5, "ops": 3}',
        '{"matrix": [], "ops": []}',
        '{"matrix": {"a": 1}, "ops": {}}',
        '{"matrix": [["x", 1], [0, 0]], "ops": []}',
        '{"matrix": [[0, 0.5], [0, 0]], "ops": []}',
        '{"matrix": [[0, null], [0, 0]], "ops": []}',
        '{"matrix": [[0, 1e400], [0, 0]], "ops": []}',
        '{"matrix": [[[1], 1], [0, 0]], "ops": []}',
        '{"matrix": [[0, 1], [0, 0]], "ops": 5}',
        '{"matrix": [[0, 1, 0], [0, 0, 1], [0, 0, 0]], "ops": [[0]]}',
    ],
    "darts": [
        "Genotype(normal=[1, 2, 3, 4], reduce=[])",
        f"Genotype(normal=[{'[' * 300}{']' * 300}], reduce=[])",
        GENOTYPE.replace("range(2, 6)", "[2, 'a', 4, 5]"),
        GENOTYPE.replace("range(2, 6)", "range(0, 10**18)"),
        GENOTYPE.replace("range(2, 6)", "range(0, 1000000000000)"),
        GENOTYPE.replace("'none'", "[]", 1),
        GENOTYPE.replace("0)", "True)", 1),
    ],
    "blocks": [
        "-".join([f"e{MANY}k3l1s0", *["e1k3l1s0"] * 6]),
        START.replace("E6K3", f"E{MANY}K3", 1),
        START.replace("(3,8", f"({MANY},8"),
        START.replace("2,8,1)", "2,8,-1)"),
    ],
}


@pytest.mark.parametrize("name", space_names(installed=False))
def test_damaged_texts_are_refused_in_one_short_line(name: str) -> None:
    space = get_space(name)
    for text in (text for texts in DAMAGED.values() for text in texts):
        with pytest.raises(ArchitectureError) as caught:
            space.parse(text)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", space_names(installed=False))
def test_a_changed_letter_is_refused_or_read(name: str) -> None:
    space, rng = get_space(name), np.random.default_rng(0)
    for arch in space.sample(8, seed=1):
        for text in (edited(arch, rng) for _ in range(40)):
            with suppress(ArchitectureError):
                read = space.parse(text)
                assert space.parse(read) == read


def edited(text: str, rng: np.random.Generator) -> str:
    """The text with a letter put in, left out or replaced, or cut short."""
    place = int(rng.integers(len(text)))
    letter = str(rng.choice(list("0123456789()[],'/:|-x~ \n")))
    return str(
        rng.choice(
            [
                text[:place],
                text[:place] + text[place + 1 :],
                text[:place] + letter + text[place:],
                text[:place] + letter + text[place + 1 :],
            ]
        )
    )


@pytest.mark.parametrize(
    ("space", "text", "message"),
    [
        (NB101, DAMAGED["nb101"][0], "matrix must be a list or a text, found 5"),
        (NB101, DAMAGED["nb101"][4], "a row of the matrix must hold 0 and 1, found [0, 0.5]"),
        (DARTS, DAMAGED["darts"][0], "normal, node 2: expected 2 operations, got 1"),
        (DARTS, DAMAGED["darts"][2], "normal_concat must be the nodes 2 to 5, got [2, 'a', 4, 5]"),
        (MBCONV, DAMAGED["blocks"][0], "stage 1: 'e9999"),
        (MOBILENETV2, DAMAGED["blocks"][1], "block 2: unknown block 'SuperResIDWE9999"),
    ],
)
def test_what_is_wrong_is_named(space, text: str, message: str) -> None:
    with pytest.raises(ArchitectureError, match=re.escape(message)):
        space.parse(text)

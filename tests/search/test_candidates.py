"""Candidates: one of each class of equal networks, found again by any of its spellings."""

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.search.candidates import default_population, make_candidates
from proxyrank.spaces import get_space
from proxyrank.spaces.equal import classes, equal_keys

SPACE = get_space("nb201")
ARCHS = SPACE.archs()[:300]


def test_one_of_each_class_and_positions_of_all() -> None:
    found = make_candidates(SPACE, archs=ARCHS[::-1])
    keys = [SPACE.function_key(arch) for arch in ARCHS]
    firsts = sorted(dict(zip(keys[::-1], ARCHS[::-1], strict=True)).values())
    assert list(found.archs) == firsts
    assert found.positions(ARCHS) == [
        [SPACE.function_key(arch) for arch in firsts].index(key) for key in dict.fromkeys(keys)
    ]
    outside = next(arch for arch in SPACE.archs() if SPACE.function_key(arch) not in keys)
    assert found.positions([outside, firsts[3], firsts[3]]) == [3]
    assert np.isfinite(found.rows).all()
    assert len(found.rows) == len(firsts)


def test_a_population_or_a_list_of_two_at_least() -> None:
    assert default_population(SPACE) == "filtered"
    with pytest.raises(ProxyrankError, match="at least 2 different networks to choose from, got 1"):
        make_candidates(SPACE, archs=ARCHS[:1])


def test_classes_keep_the_order_of_appearance() -> None:
    members = classes(SPACE, ARCHS)
    assert [arch for own in members.values() for arch in sorted(own)] == sorted(
        ARCHS, key=lambda arch: (list(members).index(SPACE.function_key(arch)), arch)
    )
    assert list(members) == list(dict.fromkeys(equal_keys(SPACE, ARCHS)))
    assert sum(len(own) for own in members.values()) == len(ARCHS)
    assert len(members) < len(ARCHS)

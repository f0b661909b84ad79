"""Splits: scikit-learn's own on sorted rows; equal networks on one side."""

import pytest
from sklearn.model_selection import train_test_split

from proxyrank.common.errors import ProxyrankError
from proxyrank.spaces import get_space
from proxyrank.train.splits import split_train

SPACE = get_space("nb201")
ARCHS = SPACE.sample(600, seed=0, population="filtered")


def test_published_split_is_scikit_learns_on_sorted_rows() -> None:
    expected, _ = train_test_split(sorted(ARCHS), train_size=100, random_state=3)
    got = split_train(SPACE, ARCHS[::-1], kind="published", train_size=100, seed=3)
    assert got == sorted(expected)


def test_t13_grouped_split_keeps_equal_networks_together() -> None:
    archs = SPACE.archs()[:3000]
    train = set(split_train(SPACE, archs, kind="grouped", train_size=500, seed=1))
    assert len(train) == 500
    sides = {(SPACE.function_key(a), a in train) for a in archs}
    assert len(sides) == len({SPACE.function_key(a) for a in archs})
    # the published split does separate some: the check above can fail
    other = set(split_train(SPACE, archs, kind="published", train_size=500, seed=1))
    assert len({(SPACE.function_key(a), a in other) for a in archs}) > len(sides)


def test_classes_split_draws_one_of_each_class() -> None:
    archs = SPACE.archs()[:3000]
    keys = {SPACE.function_key(a) for a in archs}
    train = split_train(SPACE, archs, kind="classes", train_size=500, seed=1)
    assert len(train) == len({SPACE.function_key(a) for a in train}) == 500
    assert train == split_train(SPACE, archs[::-1], kind="classes", train_size=500, seed=1)
    other = split_train(SPACE, archs, kind="classes", train_size=None, seed=2)
    assert len(other) == len({SPACE.function_key(a) for a in other}) == len(keys)
    # not always the first of a class
    assert other != split_train(SPACE, archs, kind="classes", train_size=None, seed=1)
    with pytest.raises(ProxyrankError, match=f"are {len(keys)} up to names"):
        split_train(SPACE, archs, kind="classes", train_size=len(keys) + 1, seed=1)


def test_all_and_too_many() -> None:
    assert split_train(SPACE, ARCHS, kind="published", train_size=None, seed=0) == sorted(ARCHS)
    with pytest.raises(ProxyrankError, match="cannot train on 601 architectures: the population has 600"):
        split_train(SPACE, ARCHS, kind="published", train_size=601, seed=0)
    with pytest.raises(ProxyrankError, match="unknown split 'random'"):
        split_train(SPACE, ARCHS, kind="random", train_size=5, seed=0)

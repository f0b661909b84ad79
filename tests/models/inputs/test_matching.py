"""A ranker asks for the columns that it uses, made as they were for it, and for no others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import TableError
from proxyrank.features import GROUPS, Family, FeatureGroup, FeatureSettings, FeatureTable, Rows
from proxyrank.features.groups import frame_of
from proxyrank.features.tables.compute import compute_parts
from proxyrank.features.tables.plan import plan_parts
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Register a group ``two`` of two families; gives the columns and settings of every computation."""
    calls = []

    def columns_of(space, archs, columns, settings):
        calls.append((tuple(columns), settings.batch_size))
        scale = {"left": 1.0, "right": 1000.0}
        rows = [
            [scale[column] * sum(map(ord, arch)) % 97 * settings.batch_size for column in columns]
            for arch in archs
        ]
        return Rows(frame_of(archs, columns, rows))

    group = FeatureGroup(
        name="two",
        summary="",
        needs_network=True,
        columns=lambda space: ["left", "right"],
        compute=lambda space, archs, settings: columns_of(space, archs, ["left", "right"], settings),
        members=tuple(Family(name, (name,), settings=("batch_size",)) for name in ("left", "right")),
        compute_columns=columns_of,
    )
    monkeypatch.setitem(GROUPS, "two", group)
    monkeypatch.setenv("PROXYRANK_CACHE", str(tmp_path))
    return calls


@pytest.fixture
def cells():
    return SPACE.sample(40, seed=1)


def fitted(cells, table):
    labels = np.random.default_rng(0).normal(size=len(cells))
    return ProxyRanker(model="lightgbm").fit(cells, labels, features=table)


def mixed(cells):
    """``left`` of 8 images, ``right`` of 64."""
    parts = plan_parts(SPACE, "two")
    parts = [replace(parts[0], settings=FeatureSettings(batch_size=8).only(["batch_size"])), parts[1]]
    return compute_parts(SPACE, cells, parts)


def test_columns_are_made_as_they_were_for_the_ranker(asked, cells):
    ranker = fitted(cells, mixed(cells))
    assert {
        family.columns[0]: family.settings.batch_size for family in ranker.card.groups["two"].families
    } == {
        "left": 8,
        "right": 64,
    }
    assert "batch_size" not in ranker.card.settings.stated()
    others = SPACE.sample(60, seed=1)[40:]
    asked.clear()
    found = ranker.rank(others)
    assert sorted(asked) == [(("left",), 8), (("right",), 64)]
    pd.testing.assert_frame_equal(found, ranker.rank(others, features=mixed(others)))


def test_a_raised_version_matters_to_those_who_use_the_column(asked, cells, monkeypatch):
    table = mixed(cells)
    both = fitted(cells, table)
    left = fitted(cells, FeatureTable(table.frame[["left"]], table.sidecar))
    before = left.rank(cells)
    group = GROUPS["two"]
    raised = (group.members[0], replace(group.members[1], version=2))
    monkeypatch.setitem(GROUPS, "two", replace(group, members=raised))
    asked.clear()
    pd.testing.assert_frame_equal(left.rank(cells), before)
    assert asked == []  # from the cache, where nothing of ``left`` became old
    message = "group two: the ranker was trained on version 1 of right, this proxyrank has version 2"
    with pytest.raises(TableError, match=message):
        both.rank(cells)


def test_a_new_family_leaves_the_others_in_use(asked, cells, monkeypatch):
    ranker = fitted(cells, mixed(cells))
    before = ranker.rank(cells)
    group = GROUPS["two"]
    more = (*group.members, Family("new", ("new",), settings=("batch_size",)))
    grown = replace(group, columns=lambda space: ["left", "right", "new"], members=more)
    monkeypatch.setitem(GROUPS, "two", grown)
    asked.clear()
    pd.testing.assert_frame_equal(ranker.rank(cells), before)
    assert asked == []


def test_a_column_that_is_gone_is_named(asked, cells, monkeypatch):
    ranker = fitted(cells, mixed(cells))
    group = GROUPS["two"]
    less = replace(group, columns=lambda space: ["left"], members=group.members[:1])
    monkeypatch.setitem(GROUPS, "two", less)
    with pytest.raises(TableError, match="needs the column right, which this proxyrank does not have"):
        ranker.rank(cells)

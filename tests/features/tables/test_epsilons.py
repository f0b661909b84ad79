"""N1: what tables from before hold of the published formulas' epsilons."""

import logging

import numpy as np
import pytest

from proxyrank.features import compute_features, shipped_tables
from proxyrank.features.rows import Rows
from proxyrank.features.tables.cache import add_rows, cache_file
from proxyrank.features.tables.epsilons import epsilons, without_epsilons
from proxyrank.features.tables.known import known_rows
from proxyrank.features.tables.plan import plan_parts
from proxyrank.features.tables.table import FeatureTable
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
DEAD, LIVE = SPACE.parse("(1,1,1,1,1,1)"), SPACE.parse("(0,1,1,2,1,2)")


@pytest.mark.parametrize("path", shipped_tables(), ids=lambda path: path.stem)
def test_n1_shipped_epsilons_are_those_of_cells_without_a_path(path):
    table = FeatureTable.read(path).frame
    nothing = SPACE.canonical(DEAD)
    dead = {arch for arch in table.index if SPACE.canonical(arch) == nothing}
    assert len(dead) == {3301: 0, 9445: 1, 15625: 341}[len(table)]  # with a label, canonical, all
    found = epsilons(table)
    assert all(set(archs) == dead for archs in found.values())
    held = {"trainability", "zico", "grasp", "plain"} & set(table.columns)
    old = len(table) == 15625  # tables of today have a gap there
    assert set(found) == (held if old else set())
    if "jacov" in table:
        # a singular correlation matrix costs 1e5 of a batch of 8; at 64 the smallest eigenvalue is 2e-5
        assert table["jacov"].min() > (-6e5 if path.stem.endswith("64") else -1e4)


def test_n1_served_epsilons_are_told_once(caplog):
    with caplog.at_level(logging.WARNING):
        found = compute_features(SPACE, [DEAD, LIVE], "zcs", settings={"batch_size": 8})
    assert found.frame.loc[DEAD, "plain"] == 0.0
    assert [record.getMessage() for record in caplog.records] == [
        "shipped values that are a published formula's epsilon (networks without gradient): "
        "trainability 1, zico 1, grasp 1, plain 1; scored anew they are missing"
    ]
    caplog.clear()
    compute_features(SPACE, [LIVE], "zcs", settings={"batch_size": 8})
    assert not caplog.records


def test_n1_cached_epsilons_become_gaps(fresh_cache):
    settings = {"batch_size": 8, "seed": 3}
    (part,) = plan_parts(SPACE, "zcs", settings, ["plain"])
    old = Rows.gaps([DEAD, LIVE], ["plain"], "")
    old.values["plain"] = [0.0, 1.5]
    add_rows(cache_file(SPACE, "zcs", part.family, part.settings), Rows(old.values))
    rows = known_rows(SPACE, [DEAD, LIVE], part).rows
    assert np.isnan(rows.values.loc[DEAD, "plain"])
    assert rows.values.loc[LIVE, "plain"] == 1.5
    assert rows.reasons == {"plain": {DEAD: "degenerate: zero gradient"}}


def test_other_values_stay():
    rows = Rows.gaps([LIVE], ["plain", "zico", "params"], "")
    rows.values[:] = 0.25
    assert without_epsilons(rows) is rows

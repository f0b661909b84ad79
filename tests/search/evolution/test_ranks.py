"""Ranks kept up to date by batch equal those of the whole table, ties and gaps included."""

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.features.network.aggregates import AGGREGATES as OF_TABLES
from proxyrank.features.network.aggregates import READ
from proxyrank.search.evolution.objectives import AGGREGATES, Objective
from proxyrank.search.evolution.results import fronts_first
from proxyrank.search.evolution.selection import Scorer, crowded_order, crowding, fronts, leaves


def table(n: int) -> pd.DataFrame:
    """Columns with many ties, gaps and infinities."""
    rng = derive_rng("evolution ranks", n)
    frame = pd.DataFrame(rng.integers(0, 12, size=(n, len(READ))).astype(float), columns=list(READ))
    frame["vkdnw_drawn_entropy"] = rng.normal(size=n)
    frame = frame.mask(rng.random(frame.shape) < 0.1)
    infinite = (rng.random(frame.shape) < 0.05) & ~frame.columns.str.startswith("vkdnw")
    return frame.mask(infinite, -np.inf)


@pytest.mark.parametrize("name", ["vkdnw_agg", "az_nas", "te_nas", "vkdnw_single"])
def test_scores_by_batch_are_those_of_tables(name: str) -> None:
    frame = table(150)
    keys, logs = AGGREGATES[name]
    columns = list(frame)
    scorer = Scorer([Objective(name, keys, lambda archs: [], logs)], columns)
    values = frame.to_numpy()
    for start in range(0, 150, 17):
        scorer.add(values[start : start + 17])
    found, expected = scorer.scores(values)[:, 0], OF_TABLES[name](frame)
    if name == "vkdnw_single":  # dense ranks there, logarithms of average ranks here: one order
        found, expected = pd.Series(found).rank().to_numpy(), expected.rank()
    np.testing.assert_allclose(found, expected.to_numpy(), rtol=1e-13, atol=1e-13)


def beaten(scores: np.ndarray) -> np.ndarray:
    """By the definition: another row is at least as good everywhere and better somewhere."""
    return np.array(
        [any((other >= one).all() and (other > one).any() for other in scores) for one in scores], dtype=bool
    )


@pytest.mark.parametrize("columns", [2, 3])
def test_fronts_by_definition(columns: int) -> None:
    scores = derive_rng("fronts", columns).integers(0, 7, size=(60, columns)).astype(float)
    found = fronts(scores)
    left = np.arange(60)
    for number in range(found.max() + 1):
        first = ~beaten(scores[left])
        assert set(left[first]) == set(np.flatnonzero(found == number))
        left = left[~first]
    assert len(left) == 0
    distinct = np.unique(scores, axis=0)
    assert (fronts_first(distinct) == (fronts(distinct) == 0)).all()


def test_who_leaves() -> None:
    one = np.array([[3.0], [1.0], [2.0], [1.0]])
    assert leaves(one, 4).tolist() == []
    assert leaves(one, 3).tolist() == [3]  # of equals the later one
    assert leaves(one, 2).tolist() == [1, 3]
    line = np.array([[0.0, 4.0], [1.0, 3.0], [1.1, 2.9], [4.0, 0.0], [0.0, 0.0]])
    assert np.isinf(crowding(line[:4])[[0, 3]]).all()
    assert crowding(line[:4])[1] == pytest.approx(1.1 / 4 + 1.1 / 4)
    assert leaves(line, 4).tolist() == [4]  # beaten
    assert crowded_order(line).tolist() == [0, 3, 2, 1, 4]  # of the front the ends first

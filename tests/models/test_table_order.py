"""The order of rows and columns of a user's table, and how it lies in memory, change no byte of a ranker."""

from collections.abc import Callable

import numpy as np
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.features import FeatureTable
from proxyrank.models import ProxyRanker

NAMES = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("model", ["gp", "ensemble"])
def test_the_order_of_a_table_changes_no_byte(
    model: str, cells: list[str], labels: np.ndarray, user_table: Callable[..., FeatureTable]
) -> None:
    table = user_table(NAMES)
    frame = table.frame * np.array([1.0, 1e3, 1e-3, 7.0, 0.1])
    rng = derive_rng("tests/models/table order")
    mixed = frame.iloc[rng.permutation(len(frame)), rng.permutation(len(NAMES))]
    rows = rng.permutation(40)
    found = []
    for other, order in ((frame, range(40)), (mixed, rows), (mixed.copy(), rows)):
        own = FeatureTable(other, table.sidecar)
        ranker = ProxyRanker(model=model, random_state=1, intervals=False)
        ranker.fit([cells[i] for i in order], labels[list(order)], features=own)
        found.append((ranker.estimator.export(), ranker.predict(cells, features=own).tolist()))
    assert found[0] == found[1] == found[2]

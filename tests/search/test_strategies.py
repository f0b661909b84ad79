"""Strategies by name: what is trained or pending is never proposed, the seed alone decides."""

import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.search.candidates import Candidates, make_candidates
from proxyrank.search.strategies import FIRST, STRATEGIES, propose
from proxyrank.spaces import get_space

SPACE = get_space("nb201")


@pytest.fixture(scope="module")
def candidates() -> Candidates:
    return make_candidates(SPACE, archs=SPACE.sample(80, seed=1, population="filtered"))


def labels_of(archs) -> "pd.Series[float]":
    return pd.Series({arch: 60.0 + 5 * arch.count("3x3~") + 0.1 * i for i, arch in enumerate(archs)})


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_trained_and_pending_ones_are_never_proposed(candidates: Candidates, strategy: str) -> None:
    trained, pending = candidates.archs[: FIRST + 3], candidates.archs[50:55]
    options = {"strategy": strategy, "labels": labels_of(trained), "pending": pending, "seed": 3}
    found = propose(candidates, 9, **options)
    assert len(set(found)) == 9
    assert not set(found) & {*trained, *pending}
    assert found == propose(candidates, 9, **options)


def test_improvement_is_the_design_until_there_are_labels(candidates: Candidates) -> None:
    few = labels_of(candidates.archs[: FIRST - 1])
    design = propose(candidates, 4, strategy="variance", labels=few)
    assert propose(candidates, 4, strategy="improvement", labels=few) == design
    many = labels_of(candidates.archs[:FIRST])
    assert propose(candidates, 4, strategy="improvement", labels=many) != propose(
        candidates, 4, strategy="variance", labels=many
    )


def test_unknown_strategies_and_exhausted_pools_are_refused(candidates: Candidates) -> None:
    with pytest.raises(ProxyrankError, match="unknown strategy 'suggest'; .*known: variance, improvement"):
        propose(candidates, 1, strategy="suggest")
    with pytest.raises(ProxyrankError, match="nothing is left to suggest"):
        propose(candidates, 1, labels=labels_of(candidates.archs))

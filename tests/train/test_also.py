"""A second label: used where it pays out of fold, left out elsewhere, carried in the ranker's folder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, make_labels
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.train.also import fit_with_other
from proxyrank.train.fit import FitPlan, fit_ranker

SPACE = get_space("nb201")
PLAN = FitPlan(
    ("paths",),
    params={"n_estimators": 60, "extra_trees": False},
    population="filtered",
    train_size=40,
    seed=1,
    intervals=True,
)


@pytest.fixture(scope="module")
def truth() -> pd.Series:
    """What the graph says of 600 cells, more than forty labels can teach."""
    archs = sorted(SPACE.sample(600, seed=5, population="filtered"))
    values = [
        50 + 6 * arch.count("3x3") + 3 * arch.count("1x1") - 2 * arch.count("pool") * arch.count("skip")
        for arch in archs
    ]
    return pd.Series(values, index=archs, dtype=float) + derive_rng("tests/also").normal(0, 0.5, 600)


def _labels(truth: pd.Series, noise: float, name: str) -> Labels:
    rng = derive_rng("tests/also", name)
    values = truth + rng.normal(0, noise, len(truth))
    return make_labels(list(truth.index), values.to_numpy(), name=name)


def test_a_label_of_other_networks_helps_and_is_kept_in_the_folder(truth: pd.Series, tmp_path: Path) -> None:
    labels, other = _labels(truth, 1.0, "a"), _labels(truth / 2, 0.2, "b")
    alone = fit_ranker(SPACE, labels, PLAN)
    helped = fit_with_other(SPACE, labels, other, PLAN)
    assert helped.train_archs == alone.train_archs
    assert helped.estimator.uses_source_
    rest = [arch for arch in truth.index if arch not in alone.train_archs]
    taus = [
        kendalltau(ranker.rank(rest).set_index("arch")["score"].loc[rest], truth[rest])[0]
        for ranker in (alone, helped)
    ]
    assert taus[1] > taus[0] + 0.03
    card = helped.card
    assert (card.label.name, card.model, card.n_train) == ("a", "also", 40)
    assert card.intervals is not None
    assert any("labels of other networks; the label helps" in note for note in card.notes)
    helped.save(tmp_path / "r")
    again = ProxyRanker.load(tmp_path / "r")
    pd.testing.assert_frame_equal(again.rank(rest), helped.rank(rest), check_exact=True)


def test_a_label_that_says_nothing_is_left_out(truth: pd.Series) -> None:
    labels = _labels(truth, 1.0, "a")
    noise = _labels(truth * 0 + 50, 5.0, "c")
    ranker = fit_with_other(SPACE, labels, noise, PLAN)
    assert not ranker.estimator.uses_source_
    alone = fit_ranker(SPACE, labels, PLAN)
    archs = list(truth.index[:50])
    np.testing.assert_array_equal(ranker.predict(archs), alone.predict(archs))
    assert any("does not help out of fold" in note for note in ranker.card.notes)


def test_labels_of_the_same_networks_are_refused(truth: pd.Series) -> None:
    labels = _labels(truth, 1.0, "a")
    train = fit_ranker(SPACE, labels, PLAN).train_archs
    with pytest.raises(ProxyrankError, match="--also b: 0 networks beside the training part"):
        fit_with_other(SPACE, labels, _labels(truth, 1.0, "b").subset(train), PLAN)

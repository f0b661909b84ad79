"""Transfer: a source ranking is kept where nothing contradicts it, corrected where labels do, stored."""

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import Labels
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.train.adapt import transfer_ranker, transfer_table

SPACE = get_space("nb201")
ARCHS = SPACE.sample(400, seed=3, population="filtered")


def accuracy(arch: str, pools: float) -> float:
    return 90.0 - 4 * arch.count("none") + 2 * arch.count("conv_3x3") - pools * arch.count("pool")


def labelled(pools: float, squeeze: float = 1.0) -> Labels:
    values = [squeeze * accuracy(arch, pools) for arch in ARCHS]
    return Labels(pd.Series(values, index=ARCHS), "new", "max")


@pytest.fixture(scope="module")
def source() -> ProxyRanker:
    some = ARCHS[:150]
    return ProxyRanker(groups="paths,flow").fit(some, [accuracy(arch, 3.0) for arch in some])


def tau(ranker: ProxyRanker, labels: Labels, archs: list[str]) -> float:
    scores = ranker.rank(archs).set_index("arch")["score"]
    return float(scores.corr(labels.values.loc[scores.index], method="kendall"))


def test_a_rescaled_label_keeps_the_source_ranking(source):
    labels = labelled(3.0, squeeze=0.5)
    found = transfer_ranker(source, labels, ARCHS[150:166])
    rest = ARCHS[200:]
    assert tau(found, labels, rest) > tau(source, labels, rest) - 0.02
    errors = found.predict(rest) - labels.values.loc[rest].to_numpy()
    assert np.abs(errors).mean() < 3.0  # in the new units, half of the source's


def test_what_differs_is_learnt(source):
    labels = labelled(-2.0)  # pooling helps where it hurt
    rest = ARCHS[300:]
    zero, few, more = (
        tau(ranker, labels, rest)
        for ranker in (
            source,
            transfer_ranker(source, labels, ARCHS[150:182]),
            transfer_ranker(source, labels, ARCHS[150:278]),
        )
    )
    assert more > few > zero


def test_it_is_an_ordinary_ranker_folder(source, tmp_path):
    labels = labelled(1.0)
    found = transfer_ranker(source, labels, ARCHS[150:180])
    for name in ("a", "b"):
        found.save(tmp_path / name)
    again = ProxyRanker.load(tmp_path / "a")
    pd.testing.assert_frame_equal(again.rank(ARCHS[200:220]), found.rank(ARCHS[200:220]), check_exact=True)
    assert again.card.label.name == "new"
    assert "transferred from" in again.card.notes[0]
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_intervals_cover_the_new_label(source):
    labels = labelled(1.0)
    found = transfer_ranker(source, labels, ARCHS[150:214])
    ranked = found.rank(ARCHS[214:]).set_index("arch")
    truth = labels.values.loc[ranked.index]
    # 64 residuals fix the coverage of fresh labels to a standard deviation of 0.04
    assert ((ranked["low"] <= truth) & (truth <= ranked["high"])).mean() > 0.78
    assert found.card.intervals.source == "own"
    few = transfer_ranker(source, labels, ARCHS[150:166])
    assert few.card.intervals is None
    assert "at least 20 labels" in few.card.notes[-1]


def test_a_transfer_without_a_source_says_so():
    with pytest.raises(ProxyrankError, match="starts from a fitted ranker"):
        ProxyRanker(groups="cell", model="transfer").fit(ARCHS[:30], np.linspace(50, 90, 30))


def test_too_few_or_equal_labels(source):
    with pytest.raises(ProxyrankError, match="at least 4 labels, got 2"):
        transfer_ranker(source, labelled(1.0), ARCHS[:2])
    constant = Labels(pd.Series(50.0, index=ARCHS), "new", "max")
    with pytest.raises(ProxyrankError, match="one distinct value"):
        transfer_ranker(source, constant, ARCHS[:10])


def test_comparison_is_on_networks_trained_for_neither(source):
    table = transfer_table(source, labelled(-2.0), sizes=(24,), seeds=(1,))
    assert table.columns.tolist() == ["labels", "zero_shot", "transferred", "scratch", "seeds"]
    assert table["transferred"][0] > table["zero_shot"][0]


def test_network_features_stay_those_of_the_source():
    pytest.importorskip("torch")
    some = ARCHS[:12]
    settings = {"dataset": "digits", "batch_size": 8}
    source = ProxyRanker(groups="vkdnw", model="lightgbm", settings=settings).fit(
        some, [accuracy(arch, 3.0) for arch in some], label="digits"
    )
    found = transfer_ranker(source, labelled(1.0), some)
    assert found.card.groups == source.card.groups
    assert "network features stay those of digits" in found.card.notes

"""Columns that are means over equal networks: which, of whom, and only where it costs nothing."""

import numpy as np
import pandas as pd
import pytest

from proxyrank.features import compute_features
from proxyrank.models import MODELS, ProxyRanker
from proxyrank.models.inputs.pool import usual_average
from proxyrank.models.inputs.training import training_table
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
SMALL = {"n_estimators": 30}


@pytest.fixture(scope="module")
def members() -> dict[str, list[str]]:
    """Classes of equal networks of the population without dead operations."""
    found: dict[str, list[str]] = {}
    for arch in SPACE.archs("filtered"):
        found.setdefault(SPACE.function_key(arch), []).append(arch)
    return found


def test_shipped_network_features_and_graph_features_are_means_over_a_class(members) -> None:
    several = [own for own in members.values() if len(own) > 2]
    train = [own[1] for own in several[:10]]
    settings = {"dataset": "cifar10"}
    table = training_table(
        SPACE, train, ["vkdnw", "graf", "paths"], settings, population="filtered", wide=False, average=None
    )
    assert (table.pool, table.averaged) == ("filtered", ("vkdnw", "graf"))
    assert list(table.features.frame.index) == train
    every = [arch for own in several[:10] for arch in own]
    own = compute_features(SPACE, every, ["vkdnw", "graf"], settings=settings, prefer_shipped=True).frame
    assert own.groupby(own.index.map(SPACE.function_key)).nunique()["vkdnw_entropy"].max() > 1
    for own_class, arch in zip(several[:10], train, strict=True):
        expected = own.loc[own_class].mean()
        np.testing.assert_allclose(table.features.frame.loc[arch, expected.index], expected, rtol=1e-12)


def test_network_features_that_are_not_shipped_stay_a_network_s_own(members) -> None:
    train = [own[1] for own in members.values() if len(own) > 2][:3]
    settings = {"dataset": "cifar10", "batch_size": 2}
    table = training_table(
        SPACE, train, ["vkdnw", "graf"], settings, population="filtered", wide=False, average=None
    )
    assert table.averaged == ("graf",)
    expected = compute_features(SPACE, train, ["vkdnw"], settings=settings).frame
    pd.testing.assert_frame_equal(table.features.frame[expected.columns], expected)


def test_who_wants_none_gets_none(members) -> None:
    train = [own[1] for own in members.values() if len(own) > 2][:3]
    table = training_table(SPACE, train, ["graf"], None, population="filtered", wide=False, average=())
    assert (table.pool, table.averaged) == (None, ())
    expected = compute_features(SPACE, train, ["graf"]).frame
    pd.testing.assert_frame_equal(table.features.frame, expected)
    names = list(expected.columns[[5, 2]])
    few = training_table(SPACE, train, ["graf"], None, population=None, wide=False, columns=names)
    pd.testing.assert_frame_equal(few.features.frame, expected[names[::-1]])


def test_rankers_score_equal_networks_alike_unless_told_otherwise(members, cells, labels, tmp_path) -> None:
    some = [arch for own in members.values() if len(own) > 2 for arch in own[:2]][:20]
    ranker = ProxyRanker("graf", params=SMALL).fit(cells, labels)
    assert (ranker.card.pool, ranker.card.averaged) == ("filtered", ["graf"])
    scores = ranker.rank(some).set_index("arch")["score"]
    assert all(scores[a] == scores[b] for a, b in zip(some[::2], some[1::2], strict=True))
    ranker.save(tmp_path / "r")
    again = ProxyRanker.load(tmp_path / "r")
    assert again.average == ("graf",)
    pd.testing.assert_frame_equal(again.rank(some), ranker.rank(some), check_exact=True)
    for other in (
        ProxyRanker("graf", params=SMALL, average=()),
        ProxyRanker("graf", "forest", params={"n_estimators": 5}),
    ):
        other.fit(cells, labels)
        assert (other.card.pool, other.card.averaged) == (None, [])
        scores = other.rank(some).set_index("arch")["score"]
        assert any(scores[a] != scores[b] for a, b in zip(some[::2], some[1::2], strict=True))


def test_what_models_have_averaged() -> None:
    groups = ("vkdnw", "graf", "paths")
    assert usual_average("all", groups) is None
    assert usual_average("graph", groups) == ("graf", "paths")
    assert usual_average("none", groups) == ()
    kinds = {name: info.load_class().averages_equal for name, info in MODELS.items()}
    found = [kinds[name] for name in ("lightgbm", "ensemble", "auto", "forest")]
    assert found == ["all", "all", "graph", "none"]

"""Limits against sizes and columns read off by hand."""

from pathlib import Path

import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate.shortlist import parse_limits, shortlist, unseen_candidates
from proxyrank.models import ProxyRanker
from proxyrank.spaces import get_space
from proxyrank.spaces.candidates import Candidates, read_candidates

SPACE = get_space("nb201")
ARCHS = SPACE.sample(40, seed=3)
SIZES = {arch: SPACE.sizes(arch, "cifar10") for arch in ARCHS}


@pytest.fixture(scope="module")
def ranker() -> ProxyRanker:
    return ProxyRanker("cell").fit(ARCHS[:30], [float(SIZES[arch].flops) for arch in ARCHS[:30]])


@pytest.fixture
def candidates(tmp_path: Path) -> Candidates:
    """Columns that the ranking has too, with values of their own; the last row lacks its latency."""
    given = {
        "arch": ARCHS,
        "params": range(40),
        "score": range(40),
        "latency": [*range(39), None],
    }
    pd.DataFrame(given).to_csv(tmp_path / "c.csv", index=False)
    return read_candidates(SPACE, tmp_path / "c.csv")


def test_sizes_are_those_of_the_networks_whatever_the_file_says(ranker, candidates) -> None:
    most = sorted(size.params for size in SIZES.values())[10]
    found = shortlist(ranker, candidates, max_params=most).ranked
    assert set(found["arch"]) == {arch for arch in ARCHS if SIZES[arch].params <= most}
    assert list(found["params"]) == [SIZES[arch].params for arch in found["arch"]]
    assert list(found.columns[-2:]) == ["params", "flops"]


def test_a_limit_on_a_column_that_the_ranking_has_too(ranker, candidates) -> None:
    found = shortlist(ranker, candidates, limits={"score": 9, "params": 4}, max_flops=1e12).ranked
    assert set(found["arch"]) == set(ARCHS[:5])
    assert sorted(found["score_given"]) == sorted(found["params_given"]) == [0, 1, 2, 3, 4]
    assert list(found["params"]) == [SIZES[arch].params for arch in found["arch"]]
    assert found["rank"].tolist() == [1, 2, 3, 4, 5]


def test_rows_without_a_value_are_left_out_and_counted(ranker, candidates) -> None:
    found = shortlist(ranker, candidates, limits={"latency": 1e9})
    assert len(found.ranked) == 39
    assert found.notes == (f"{candidates.path}: 1 without a latency left out",)


def test_a_size_that_the_file_lacks_is_computed(ranker) -> None:
    most = sorted(size.flops for size in SIZES.values())[5]
    found = shortlist(ranker, Candidates(tuple(ARCHS)), limits={"flops": most}).ranked
    assert set(found["arch"]) == {arch for arch in ARCHS if SIZES[arch].flops <= most}


def test_nothing_within_and_nothing_known(ranker, candidates) -> None:
    with pytest.raises(ProxyrankError, match="no architecture is within the limits"):
        shortlist(ranker, candidates, max_params=1)
    with pytest.raises(ProxyrankError, match="--limit power: no such column of --archs; columns: params"):
        shortlist(ranker, candidates, limits={"power": 1})


def test_seen_and_unseen(ranker) -> None:
    found = shortlist(ranker, Candidates(tuple(ARCHS)), top=40).ranked
    trained = {SPACE.canonical(arch) for arch in ARCHS[:30]}
    assert list(found["seen_in_training"]) == [SPACE.canonical(arch) in trained for arch in found["arch"]]
    unseen = unseen_candidates(ranker)
    assert len(unseen.archs) == 15_625 - 30
    assert not set(unseen.archs) & set(ARCHS[:30])


def test_limits_as_text() -> None:
    assert parse_limits(["latency=4.5", "a b = 1e3"]) == {"latency": 4.5, "a b": 1000.0}
    for text in ("latency", "latency=", "latency=fast"):
        with pytest.raises(ProxyrankError, match=f"--limit {text}: expected COLUMN=NUMBER"):
            parse_limits([text])

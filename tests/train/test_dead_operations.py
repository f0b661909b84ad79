"""What is said where a label changes with dead operations."""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from proxyrank.common.seeds import derive_rng
from proxyrank.evaluate import Labels, make_labels
from proxyrank.spaces import get_space
from proxyrank.train.dead_operations import dead_operations_remark, share_within_classes

SPACE = get_space("nb201")
ARCHS = SPACE.sample(300, seed=5)
FEW = [arch for arch in ARCHS if SPACE.canonical(arch) != arch][:4]


def _labels(archs: Sequence[str], *, costs: bool, name: str) -> Labels:
    """Convolutions, dead ones too if they cost, and a little noise."""
    noise = derive_rng("test").normal(0, 0.05, len(archs))
    counted = archs if costs else [SPACE.canonical(arch) for arch in archs]
    return make_labels(archs, np.array([arch.count("nor_conv") for arch in counted]) + noise, name=name)


def _said(labels: Labels, groups: Sequence[str], averaged: Sequence[str] = ()) -> str | None:
    card = SimpleNamespace(groups=dict.fromkeys(groups), averaged=list(averaged))
    ranker = SimpleNamespace(card=card, search_space=SPACE, train_archs=tuple(labels.values.index))
    return dead_operations_remark(ranker, labels)


def test_share_is_what_analysis_of_variance_says() -> None:
    labels = _labels(ARCHS, costs=True, name="x")
    share, repeats = share_within_classes(SPACE, labels)
    ranks = labels.values.rank()
    classes: dict[str, list[float]] = {}
    for arch, rank in ranks.items():
        classes.setdefault(SPACE.canonical(str(arch)), []).append(rank)
    squares = sum(((np.array(own) - np.mean(own)) ** 2).sum() for own in classes.values())
    assert repeats == len(ARCHS) - len(classes)
    assert share == pytest.approx(squares / repeats / np.var(ranks, ddof=1))
    assert share_within_classes(SPACE, labels.subset(ARCHS[:1])) == (0.0, 0)


def test_labels_that_dead_operations_change_are_found_whatever_they_are_called() -> None:
    said = _said(_labels(ARCHS, costs=True, name="y"), ["paths", "flow"])
    assert said is not None
    assert "dead operations only; the groups paths, flow do not see them, --groups raw does" in said
    assert _said(_labels(ARCHS, costs=False, name="latency"), ["paths", "flow"]) is None


def test_by_name_where_there_are_too_few_equal_cells() -> None:
    assert "named like a cost" in str(_said(_labels(FEW, costs=True, name="fpga_latency"), ["paths"]))
    assert _said(_labels(FEW, costs=True, name="accuracy"), ["paths"]) is None
    live = [SPACE.canonical(arch) for arch in ARCHS[:4]]
    assert _said(_labels(live, costs=True, name="latency"), ["paths"]) is None


def test_groups_that_see_them_are_left_in_peace() -> None:
    labels = _labels(ARCHS, costs=True, name="latency")
    assert _said(labels, ["raw", "paths"]) is None
    assert _said(labels, ["graf", "paths"]) is None
    assert _said(labels, ["graf", "paths"], averaged=["graf"]) is not None
    assert _said(labels, ["somebody", "paths"]) is None  # a table's own columns may be anything

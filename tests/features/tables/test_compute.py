import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features import (
    GROUPS,
    FeatureGroup,
    FeatureSettings,
    FeatureTable,
    Rows,
    compute_features,
)
from proxyrank.features.groups import frame_of

GRAPH_GROUPS = ("graf", "paths", "cell", "flow")


@pytest.fixture
def fake(monkeypatch):
    """Register a group of two columns, ``len`` and ``pad``; ``behave`` may fail for an architecture."""
    calls: list[list[str]] = []

    def register(behave, **options):
        def compute(space, archs, settings):
            calls.append(list(archs))
            frame = frame_of(archs, ["len", "pad"], [[float(len(a)), settings.seed] for a in archs])
            reasons = {}
            for arch in archs:
                behave(frame, arch, reasons)
            return Rows(frame, reasons)

        group = FeatureGroup(
            name="fake",
            summary="",
            needs_network=True,
            columns=lambda space: ["len", "pad"],
            compute=compute,
            settings=("seed",),
            **options,
        )
        monkeypatch.setitem(GROUPS, "fake", group)
        return calls

    return register


def test_order_repeats_and_groups(space):
    archs = space.sample(6, seed=4)
    table = compute_features(space, [*archs, archs[0]], ["flow,graf"], cache=False)
    assert list(table.frame.index) == archs
    assert table.frame.index.name == "arch"
    assert set(table.frame.dtypes) == {np.dtype("float64")}
    assert list(table.sidecar.groups) == ["graf", "flow"]
    assert table.columns == GROUPS["graf"].columns(space) + GROUPS["flow"].columns(space)
    assert table.sidecar.groups["graf"].families[0].settings.stated() == {"graf_no_path": "published"}
    assert table.sidecar.groups["flow"].families[0].settings.stated() == {}
    reverse = compute_features(space, archs[::-1], "graf,flow", cache=False)
    pd.testing.assert_frame_equal(reverse.frame.loc[archs], table.frame, check_exact=True)


def test_rows_shared_by_equal_cells_are_those_computed_alone(space, equal_cells):
    archs = [arch for members in equal_cells[:40] for arch in members]
    table = compute_features(space, archs, "paths,cell,flow", cache=False)
    alone = [GROUPS[name].compute(space, archs, FeatureSettings()) for name in ("paths", "cell", "flow")]
    pd.testing.assert_frame_equal(table.frame, pd.concat(alone, axis=1), check_exact=True)


def test_disconnected_cells_are_finite(space):
    archs = [arch for arch in space.archs() if space.is_disconnected(arch)]
    table = compute_features(space, archs, GRAPH_GROUPS, cache=False)
    assert len(archs) == 341
    assert np.isfinite(table.frame.to_numpy()).all()
    assert table.missing_counts() == {}


def test_no_architectures(space):
    table = compute_features(space, [], GRAPH_GROUPS, cache=False)
    assert table.frame.shape == (0, 417)


def test_one_bad_architecture_does_not_stop_the_others(fresh_cache, space, fake):
    archs = space.sample(5, seed=0)

    def behave(frame, arch, reasons):
        if arch == archs[1]:
            raise NotApplicableError("no convs")
        if arch == archs[3]:
            raise RuntimeError("out of memory")

    calls = fake(behave)
    table = compute_features(space, archs, "fake")
    assert table.frame["len"].isna().tolist() == [False, True, False, True, False]
    assert table.reason(archs[1], "pad") == "no convs"
    assert table.reason(archs[3], "len") == "RuntimeError: out of memory"
    assert table.reason(archs[0], "len") is None
    assert table.missing_counts()["len"] == {"no convs": 1, "RuntimeError: out of memory": 1}
    del calls[:]
    again = compute_features(space, archs, "fake")
    assert calls == [[archs[3]]]  # what was announced is remembered, an accident is tried again
    assert again.sidecar == table.sidecar


def test_single_values_may_be_missing(fresh_cache, space, fake):
    archs = space.sample(3, seed=0)

    def behave(frame, arch, reasons):
        frame.loc[archs[0], "len"] = np.nan
        frame.loc[archs[1], "pad"] = -np.inf
        reasons["len"] = {archs[0]: "singular kernel"}

    fake(behave)
    for _ in range(2):  # computed, then from the cache
        table = compute_features(space, archs, "fake")
        assert table.sidecar.status == {
            "len": {archs[0]: "singular kernel"},
            "pad": {archs[1]: "infinite"},
        }
        assert table.frame.isna().to_numpy().sum() == 2


def test_settings_reach_their_group_and_the_sidecar(fresh_cache, space, fake):
    calls = fake(lambda frame, arch, reasons: None, shard_size=2)
    archs = space.sample(5, seed=0)
    assert compute_features(space, archs, "fake").frame["pad"].eq(0.0).all()
    assert [len(call) for call in calls] == [2, 2, 1]
    table = compute_features(space, archs, "fake,paths", settings={"seed": 7, "batch_size": 3})
    assert table.frame["pad"].eq(7.0).all()
    assert table.sidecar.groups["fake"].families[0].settings.stated() == {"seed": 7}
    assert isinstance(table, FeatureTable)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bach_size": 64}, "unknown setting 'bach_size'; nearest: batch_size; known: dataset, "),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"dataset": "mnist"}, "unknown dataset 'mnist'; known: cifar10"),
        ({"fisher_form": "exact"}, "unknown fisher_form 'exact'; known: published, fisher, empirical"),
        ({"fisher_position": 2}, "fisher_position must be at most 1"),
        ({"fisher_tensors": 0}, "fisher_tensors must not be 0"),
        ({"seed": 1.5}, "seed: .*integer.*, got 1.5"),
    ],
)
def test_settings_are_checked_whatever_the_group_reads(space, settings, message):
    with pytest.raises(ProxyrankError, match=message):
        compute_features(space, space.sample(2, seed=0), "paths", settings=settings, cache=False)
    with pytest.raises(ProxyrankError, match=message):
        FeatureSettings(**settings)


def test_wrong_settings_stop(space):
    with pytest.raises(ProxyrankError, match="unknown graf_no_path"):
        compute_features(space, space.sample(2, seed=0), "graf", settings={"graf_no_path": "x"}, cache=False)


def test_a_group_that_gives_other_rows_is_a_defect(space, monkeypatch):
    graf = GROUPS["graf"]
    broken = FeatureGroup(
        name="graf",
        summary="",
        needs_network=False,
        columns=graf.columns,
        compute=lambda space, archs, settings: graf.compute(space, archs[::-1], settings),
    )
    monkeypatch.setitem(GROUPS, "graf", broken)
    with pytest.raises(RuntimeError, match="graf gave other rows"):
        compute_features(space, space.sample(2, seed=0), "graf", cache=False)

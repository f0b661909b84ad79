import math

import pandas as pd
import pytest
import torch
from torch import nn

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.features import GROUPS, FeatureSettings
from proxyrank.features.network import score as module
from proxyrank.features.network.network_groups import MEMBERS
from proxyrank.features.network.score import score_archs, score_factories
from proxyrank.features.network.score_settings import resolve_device, seeds
from proxyrank.features.proxies import PROXIES, columns_of
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
DIGITS = FeatureSettings(dataset="digits", batch_size=4)
NONE = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
SKIP = "|skip_connect~0|+|skip_connect~0|none~1|+|skip_connect~0|skip_connect~1|skip_connect~2|"
POOL = "|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~2|"


def test_n1_n9_degenerate_cells_among_ordinary_ones():
    cells = [NONE, *SPACE.sample(2, seed=1), SKIP, POOL]
    scores = score_archs(SPACE, cells, "all", DIGITS)
    assert list(scores.values.index) == cells
    assert list(scores.values.columns) == columns_of(PROXIES.values())
    assert scores.reasons["naswot"][NONE] == "degenerate: singular kernel"
    for column, reasons in scores.reasons.items():
        for arch, reason in reasons.items():
            assert math.isnan(scores.values.loc[arch, column])
            assert reason
            assert not reason.startswith("failed"), (column, arch, reason)
    gaps = scores.values.isna().sum().sum()
    assert gaps == sum(len(reasons) for reasons in scores.reasons.values())
    assert not scores.values.abs().eq(math.inf).any().any()
    for column in ("flops", "naswot", "snip", "grad_norm", "synflow", "zen", "expressivity"):
        assert scores.values.loc[[SKIP, POOL], column].notna().all(), column


def test_r1_r2_seeds_and_order():
    a, b = SPACE.sample(2, seed=5)
    names = ["synflow", "naswot", "snip"]
    first = score_archs(SPACE, [a, b], names, DIGITS).values
    again = score_archs(SPACE, [b, a], names, DIGITS).values.loc[[a, b]]
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    alone = score_archs(SPACE, [b], "naswot", DIGITS).values
    assert alone.loc[b, "naswot"] == first.loc[b, "naswot"]
    other = score_archs(SPACE, [a, b], names, FeatureSettings(dataset="digits", batch_size=4, seed=1)).values
    assert (other != first).all().all()


def test_repeats_give_mean_and_spread():
    (arch,) = SPACE.sample(1, seed=5)
    settings = FeatureSettings(dataset="digits", batch_size=4, repeats=3)
    found = score_archs(SPACE, [arch, NONE], "snip,naswot", settings)
    assert list(found.values.columns) == ["naswot", "naswot_std", "snip", "snip_std"]
    single = [
        score_archs(
            SPACE, [arch], "snip", FeatureSettings(dataset="digits", batch_size=4, seed=seed)
        ).values.loc[arch, "snip"]
        for seed in seeds(settings)
    ]
    assert found.values.loc[arch, "snip"] == pytest.approx(pd.Series(single).mean())
    assert found.values.loc[arch, "snip_std"] == pytest.approx(pd.Series(single).std())
    assert found.reasons["naswot_std"][NONE] == "degenerate: singular kernel"


def test_n7_small_batches_are_refused_up_front():
    with pytest.raises(ProxyrankError, match=r"at least 2, got 1 \(needed by jacov, naswot\)"):
        score_archs(SPACE, [NONE], "naswot,flops,jacov", FeatureSettings(batch_size=1))
    with pytest.raises(ProxyrankError, match="at least 1, got 0"):
        FeatureSettings(batch_size=0)
    one = FeatureSettings(dataset="digits", batch_size=1)
    found = score_archs(SPACE, [NONE], "flops,params,synflow", one)
    assert found.values.loc[NONE, "params"] == SPACE.sizes(NONE, "digits").params


def test_flops_and_params_are_the_closed_form():
    cells = SPACE.sample(5, seed=9)
    frame = score_archs(SPACE, cells, "flops,params", DIGITS).values
    for cell in cells:
        sizes = SPACE.sizes(cell, "digits")
        assert tuple(frame.loc[cell, ["flops", "params"]]) == (sizes.flops, sizes.params)


def test_bad_input_is_named():
    with pytest.raises(ArchitectureError):
        score_archs(SPACE, ["12804"], "flops", DIGITS)
    with pytest.raises(ProxyrankError, match="unknown dataset"):
        score_archs(SPACE, [NONE], "flops", FeatureSettings(dataset="mnist"))
    with pytest.raises(ProxyrankError, match="unknown dtype"):
        FeatureSettings(dtype="float16")
    with pytest.raises(ProxyrankError, match="unknown device"):
        resolve_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_e3_cuda_where_there_is_none():
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(ProxyrankError, match="sees 0 CUDA devices"):
        score_archs(SPACE, [NONE], "flops", FeatureSettings(device="cuda"))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_agrees_with_the_cpu():
    """On 32 pixels: on the digits' last maps, 2 by 2, BatchNorm of one image may blow rounding up."""
    archs = SPACE.sample(1, seed=5) + SPACE.sample(1, seed=6)
    cpu, cuda = (
        score_archs(
            SPACE,
            archs,
            "all",
            FeatureSettings(dataset="cifar10", batch_size=8, dtype="float64", device=device),
        ).values
        for device in ("cpu", "cuda")
    )
    pd.testing.assert_frame_equal(cpu, cuda, rtol=1e-6)  # float64 in another order of summation


def test_m3_out_of_memory_is_a_status(monkeypatch):
    cells = SPACE.sample(3, seed=2)
    built = []

    def build(self, arch, dataset):
        built.append(arch)
        if arch == cells[1]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return original(self, arch, dataset)

    original = type(SPACE).network
    monkeypatch.setattr(type(SPACE), "network", build)
    scores = score_archs(SPACE, cells, "snip,naswot", DIGITS)
    assert scores.values["snip"].notna().tolist() == [True, False, True]
    assert scores.reasons["naswot"] == {cells[1]: module.OUT_OF_MEMORY}
    assert built == cells


def test_any_module_by_name():
    def make():
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))

    frame = score_factories({"tiny": make}, "all", DIGITS).values
    again = score_factories({"tiny": make}, "all", DIGITS).values
    pd.testing.assert_frame_equal(frame, again, check_exact=True)
    assert frame.loc["tiny", "snip"] > 0


def test_a_module_that_fails_is_a_status():
    scores = score_factories({"bad": lambda: nn.Linear(3, 3)}, "snip,params", DIGITS)
    assert scores.values.loc["bad", "params"] == 12
    assert scores.reasons["snip"]["bad"]


def test_groups_of_the_registry():
    cells = [NONE, *SPACE.sample(1, seed=1)]
    rows = {name: GROUPS[name].compute(SPACE, cells, DIGITS) for name in ("vkdnw", "vkdnw_extra", "zcs")}
    for name, own in rows.items():
        assert list(own.values.columns) == GROUPS[name].columns(SPACE)
        assert list(own.values.index) == cells
    assert rows["zcs"].reasons["naswot"] == {NONE: "degenerate: singular kernel"}
    assert rows["vkdnw"].values.loc[NONE, "vkdnw_dim"] == SPACE.sizes(NONE, "digits").dim
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as the groups do
    both = score_archs(SPACE, cells, "all", DIGITS).values
    torch.set_num_threads(threads)
    for own in rows.values():
        pd.testing.assert_frame_equal(both[list(own.values.columns)], own.values, check_exact=True)


def test_a_proxy_is_a_family_of_one_group():
    families = {family.name: family for name in MEMBERS for family in GROUPS[name].members}
    assert set(families) == {*PROXIES, "trace"}
    for name, proxy in PROXIES.items():
        family = families[name]
        assert (family.columns, family.version, family.settings) == (
            proxy.columns,
            proxy.version,
            proxy.settings,
        )
        assert set(family.facts) == {"init", "batch_norm"}


def test_m2_memory_stays_flat():
    import resource

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    cells = SPACE.sample(120, seed=7)
    score_archs(SPACE, cells[:30], "params", DIGITS)
    before = peak()
    score_archs(SPACE, cells, "params", DIGITS)
    assert peak() - before < 50

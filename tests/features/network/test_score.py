import math

import pandas as pd
import pytest
import torch
from torch import nn

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.features import GROUPS
from proxyrank.features.network import score as module
from proxyrank.features.network.network_groups import (
    FACTS,
    group_defaults,
)
from proxyrank.features.network.score import score_archs, score_factories
from proxyrank.features.network.score_settings import ScoreSettings, resolve_device
from proxyrank.features.proxies import PROXIES, columns_of
from proxyrank.spaces import get_space

SPACE = get_space("nb201")
DIGITS = ScoreSettings(dataset="digits", batch_size=4)
NONE = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
SKIP = "|skip_connect~0|+|skip_connect~0|none~1|+|skip_connect~0|skip_connect~1|skip_connect~2|"
POOL = "|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~2|"


def test_n1_n9_degenerate_cells_among_ordinary_ones():
    cells = [NONE, *SPACE.sample(2, seed=1), SKIP, POOL]
    scores = score_archs(SPACE, cells, "all", DIGITS)
    assert list(scores.frame.index) == cells
    assert list(scores.frame.columns) == columns_of(PROXIES.values())
    assert scores.status["naswot"][NONE] == "degenerate: singular kernel"
    for column, reasons in scores.status.items():
        for arch, reason in reasons.items():
            assert math.isnan(scores.frame.loc[arch, column])
            assert reason
            assert not reason.startswith("failed"), (column, arch, reason)
    gaps = scores.frame.isna().sum().sum()
    assert gaps == sum(len(reasons) for reasons in scores.status.values())
    assert not scores.frame.abs().eq(math.inf).any().any()
    for column in ("flops", "naswot", "snip", "grad_norm", "synflow", "zen", "expressivity"):
        assert scores.frame.loc[[SKIP, POOL], column].notna().all(), column


def test_r1_r2_seeds_and_order():
    a, b = SPACE.sample(2, seed=5)
    names = ["synflow", "naswot", "snip"]
    first = score_archs(SPACE, [a, b], names, DIGITS).frame
    again = score_archs(SPACE, [b, a], names, DIGITS).frame.loc[[a, b]]
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    alone = score_archs(SPACE, [b], "naswot", DIGITS).frame
    assert alone.loc[b, "naswot"] == first.loc[b, "naswot"]
    other = score_archs(SPACE, [a, b], names, ScoreSettings(dataset="digits", batch_size=4, seed=1)).frame
    assert (other != first).all().all()


def test_repeats_give_mean_and_spread():
    (arch,) = SPACE.sample(1, seed=5)
    settings = ScoreSettings(dataset="digits", batch_size=4, repeats=3)
    found = score_archs(SPACE, [arch, NONE], "snip,naswot", settings)
    assert list(found.frame.columns) == ["naswot", "naswot_std", "snip", "snip_std"]
    single = [
        score_archs(
            SPACE, [arch], "snip", ScoreSettings(dataset="digits", batch_size=4, seed=seed)
        ).frame.loc[arch, "snip"]
        for seed in settings.seeds()
    ]
    assert found.frame.loc[arch, "snip"] == pytest.approx(pd.Series(single).mean())
    assert found.frame.loc[arch, "snip_std"] == pytest.approx(pd.Series(single).std())
    assert found.status["naswot_std"][NONE] == "degenerate: singular kernel"


def test_n7_small_batches_are_refused_up_front():
    with pytest.raises(ProxyrankError, match=r"at least 2, got 1 \(needed by jacov, naswot\)"):
        score_archs(SPACE, [NONE], "naswot,flops,jacov", ScoreSettings(batch_size=1))
    with pytest.raises(ProxyrankError, match="at least 1, got 0"):
        ScoreSettings(batch_size=0)
    found = score_archs(SPACE, [NONE], "flops,params,synflow", ScoreSettings(dataset="digits", batch_size=1))
    assert found.frame.loc[NONE, "params"] == SPACE.sizes(NONE, "digits").params


def test_flops_and_params_are_the_closed_form():
    cells = SPACE.sample(5, seed=9)
    frame = score_archs(SPACE, cells, "flops,params", DIGITS).frame
    for cell in cells:
        sizes = SPACE.sizes(cell, "digits")
        assert tuple(frame.loc[cell, ["flops", "params"]]) == (sizes.flops, sizes.params)


def test_bad_input_is_named():
    with pytest.raises(ArchitectureError):
        score_archs(SPACE, ["12804"], "flops", DIGITS)
    with pytest.raises(ProxyrankError, match="unknown dataset"):
        score_archs(SPACE, [NONE], "flops", ScoreSettings(dataset="mnist"))
    with pytest.raises(ProxyrankError, match="unknown dtype"):
        ScoreSettings(dtype="float16")
    with pytest.raises(ProxyrankError, match="unknown device"):
        resolve_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_e3_cuda_where_there_is_none():
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(ProxyrankError, match="sees 0 CUDA devices"):
        score_archs(SPACE, [NONE], "flops", ScoreSettings(device="cuda"))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_agrees_with_the_cpu():
    (arch,) = SPACE.sample(1, seed=5)
    cpu, cuda = (
        score_archs(
            SPACE,
            [arch],
            "all",
            ScoreSettings(dataset="digits", batch_size=8, dtype="float64", device=device),
        ).frame
        for device in ("cpu", "cuda")
    )
    pd.testing.assert_frame_equal(cpu, cuda, rtol=1e-6)  # float64 in another order of summation


def test_m3_out_of_memory_is_a_status(monkeypatch):
    cells = SPACE.sample(3, seed=2)
    built = []

    def build(self, arch, config):
        built.append(arch)
        if arch == cells[1]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return original(self, arch, config)

    original = type(SPACE).build
    monkeypatch.setattr(type(SPACE), "build", build)
    scores = score_archs(SPACE, cells, "snip,naswot", DIGITS)
    assert scores.frame["snip"].notna().tolist() == [True, False, True]
    assert scores.status["naswot"] == {cells[1]: module.OUT_OF_MEMORY}
    assert built == cells


def test_any_module_by_name():
    def make():
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))

    frame = score_factories({"tiny": make}, "all", DIGITS).frame
    again = score_factories({"tiny": make}, "all", DIGITS).frame
    pd.testing.assert_frame_equal(frame, again, check_exact=True)
    assert frame.loc["tiny", "snip"] > 0


def test_a_module_that_fails_is_a_status():
    scores = score_factories({"bad": lambda: nn.Linear(3, 3)}, "snip,params", DIGITS)
    assert scores.frame.loc["bad", "params"] == 12
    assert scores.status["snip"]["bad"]


def test_groups_of_the_registry():
    cells = [NONE, *SPACE.sample(1, seed=1)]
    settings = {"dataset": "digits", "batch_size": 4}
    frames = {}
    for name in ("vkdnw", "vkdnw_extra", "zcs"):
        group = GROUPS[name]
        frames[name] = group.compute(SPACE, cells, group.resolve(settings))
        assert list(frames[name].columns) == group.columns(SPACE)
        assert list(frames[name].index) == cells
    zcs, vkdnw = frames["zcs"], frames["vkdnw"]
    assert zcs.attrs["status"]["naswot"] == {NONE: "degenerate: singular kernel"}
    assert vkdnw.loc[NONE, "vkdnw_dim"] == SPACE.sizes(NONE, "digits").dim
    assert set(FACTS) < set(group_defaults("zcs")) < set(group_defaults("vkdnw"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as the groups do
    both = score_archs(SPACE, cells, "all", DIGITS).frame
    torch.set_num_threads(threads)
    for frame in frames.values():
        pd.testing.assert_frame_equal(both[list(frame.columns)], frame, check_exact=True)


def test_m2_memory_stays_flat():
    import resource

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    cells = SPACE.sample(120, seed=7)
    score_archs(SPACE, cells[:30], "params", DIGITS)
    before = peak()
    score_archs(SPACE, cells, "params", DIGITS)
    assert peak() - before < 50

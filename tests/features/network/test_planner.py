import gc
from dataclasses import replace

import pytest
import torch

from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.passes import READS, Passes
from proxyrank.features.network.planner import OUT_OF_MEMORY, run_proxies
from proxyrank.features.network.score import score_network
from proxyrank.features.proxies import PROXIES, Missing, expressivity
from proxyrank.spaces import get_space
from proxyrank.testing.networks import Residual
from proxyrank.testing.proxies import CONFIG, NETWORKS, SMALL

SPACE = get_space("nb201")
ALL = list(PROXIES)


def _batch(size: int = 6) -> Batch:
    return noise_batch(CONFIG, size, seed=0)


def _equal(a, b) -> bool:
    return a == b or (isinstance(a, Missing) and isinstance(b, Missing) and a == b)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_alone_or_together_or_reversed_bit_equal(network):
    torch.manual_seed(0)
    subject, batch = network(), _batch()
    together = score_network(subject, batch, ALL)
    alone = {}
    for name in reversed(ALL):
        alone.update(score_network(subject, batch, name))
    assert set(alone) == set(together)
    for column in together:
        assert _equal(together[column], alone[column]), column


@pytest.mark.parametrize("name", ["residual", "viewing", "perceptron"])
def test_any_module_has_values_of_these(name):
    torch.manual_seed(0)
    found = score_network(NETWORKS[name](), _batch(), ALL)
    for column in (
        "flops",
        "params",
        "grad_norm",
        "snip",
        "zico",
        "jacov",
        "ntk",
        "grasp",
        "gradsign",
        "synflow",
    ):
        assert isinstance(found[column], float), (column, found[column])


def test_flops_of_a_grouped_conv():
    found = score_network(Residual(), _batch(), "flops,params")
    convs = 64 * 6 * (3 * 9 + 1) + 64 * 6 * (3 * 9 + 1)
    assert found["flops"] == convs + 10 * (24 + 1)
    assert found["params"] == sum(p.numel() for p in Residual().parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_memory_format_changes_rounding_only(dtype):
    batch = noise_batch(CONFIG, 6, seed=0, dtype=dtype)
    network = SPACE.network(SPACE.sample(1, seed=3)[0], CONFIG, SMALL)
    plain, last = (score_network(network, batch, ALL, channels_last=flag) for flag in (False, True))
    for column, value in plain.items():
        if not isinstance(value, Missing) and not column.startswith("vkdnw_q"):
            tolerance = 1e-9 if dtype == torch.float64 else 2e-3
            assert last[column] == pytest.approx(value, rel=tolerance), column


THREADS = {"zico": 1e-2, "gradsign": 1e-2, "plain": 1e-3, "grasp": 1e-3, "ntk": 1e-3}
"""How far a value may move with the number of threads, as docs/values.md has it; 1e-4 elsewhere."""


def test_r3_threads():
    network, batch = SPACE.network(SPACE.sample(1, seed=3)[0], CONFIG, SMALL), _batch()
    before = torch.get_num_threads()
    try:
        runs = []
        for threads in (1, 4):
            torch.set_num_threads(threads)
            runs.append(score_network(network, batch, ALL, channels_last=True))
    finally:
        torch.set_num_threads(before)
    for column, value in runs[0].items():
        if not isinstance(value, Missing):
            near = 1e-5 if column == "least_component" else None  # an eigenvalue near rounding may turn to 0
            assert runs[1][column] == pytest.approx(value, rel=THREADS.get(column, 1e-4), abs=near), column


def test_shared_passes_are_freed_and_no_network_stays(monkeypatch):
    released = []
    original = Passes.release

    def release(self, still_read):
        original(self, still_read)
        released.append(set(READS) & set(self.__dict__))

    monkeypatch.setattr(Passes, "release", release)
    score_network(SPACE.network(SPACE.sample(1, seed=3)[0], CONFIG, SMALL), _batch(), "jacov,zico,zen")
    assert released == [{"train_pass"}, set(), set()]
    gc.collect()
    alive = [o for o in gc.get_objects() if type(o) is Passes]
    assert not alive


def test_one_bad_proxy_costs_its_columns_only(monkeypatch):
    def explode(passes):
        raise torch.OutOfMemoryError("CUDA out of memory")

    def break_(passes):
        raise RuntimeError("no kernel\nmore text")

    passes = Passes(
        SPACE.network(SPACE.sample(1, seed=3)[0], CONFIG, SMALL), _batch(), signs=None, standard_normal=None
    )
    proxies = [
        replace(PROXIES["synflow"], compute=explode),
        replace(PROXIES["snip"], compute=break_),
        PROXIES["jacov"],
    ]
    found = run_proxies(passes, proxies)
    assert found["synflow"] == found["synflow_log"] == Missing(OUT_OF_MEMORY)
    assert found["snip"] == Missing("failed: no kernel")
    assert isinstance(found["jacov"], float)


def test_infinite_values_never_come_out():
    passes = Passes(
        SPACE.network(SPACE.sample(1, seed=3)[0], CONFIG, SMALL), _batch(), signs=None, standard_normal=None
    )
    proxy = replace(PROXIES["snip"], compute=lambda _: {"snip": float("inf")})
    assert run_proxies(passes, [proxy])["snip"] == Missing("not finite (inf)")


def test_identical_images_have_a_degenerate_kernel():
    batch = _batch(4)
    same = Batch(batch.x[:1].repeat(4, 1, 1, 1), batch.y, batch.x2, batch.y2)
    network = SPACE.network("(2, 2, 2, 2, 2, 2)", CONFIG, SMALL)
    found = score_network(network, same, "ntk,naswot,linear_region")
    assert found["ntk"] == found["naswot"] == Missing("degenerate: singular kernel")
    assert found["linear_region"] == 1.0


def test_without_a_second_batch():
    batch = _batch()
    found = score_network(Residual(), Batch(batch.x, batch.y), "zico,zen,snip")
    assert found["zico"] == found["zen"] == Missing("needs a second batch")
    assert isinstance(found["snip"], float)


def test_what_two_proxies_make_of_the_passes_is_made_once(monkeypatch):
    entropies = []
    original = expressivity.feature_shares
    monkeypatch.setattr(expressivity, "feature_shares", lambda f: entropies.append(f.shape) or original(f))
    torch.manual_seed(0)
    subject, batch = NETWORKS["cell"](), _batch()
    score_network(subject, batch, "expressivity")
    alone = list(entropies)
    entropies.clear()
    score_network(subject, batch, ["expressivity", "progressivity"])
    assert entropies == alone
    assert len(alone) > 1

"""The literal transcriptions against the values of the published code, and ours where it has none."""

import pytest

from proxyrank.features.network.planner import run_proxies
from proxyrank.features.proxies import PROXIES, get_proxies

pytestmark = pytest.mark.usefixtures("one_thread")

ELSEWHERE = {"vkdnw", "vkdnw_extra"}  # tests/features/spectrum
UNPUBLISHED = ("fisher", "epe_nas", "l2_norm", "plain")
SHIPPED = 24
"""Proxies of the package that have a transcription in literal.py."""


@pytest.mark.parametrize("net", [0, 5, 9, 14])
def test_literal_values_are_the_published_ones(reference, literal, subject, reference_passes, net):
    published = reference.values("a", net)
    found = {}
    for compute in literal.PUBLISHED.values():
        found |= compute(subject("a", net))
    for name, value in found.items():
        if name in published:
            assert value == pytest.approx(published[name], rel=1e-9), name
    ours = run_proxies(reference_passes("a", net, channels_last=True), get_proxies(UNPUBLISHED))
    for name in UNPUBLISHED:
        assert ours[name] == pytest.approx(found[name], rel=1e-9, abs=1e-12), name
    assert found["flops"] == round(reference.data["archs"][net]["size_setting_a"]["flops_M"] * 1e6)


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
def test_every_shipped_proxy_has_one(literal, subject):
    """A proxy that somebody adds brings its own oracle."""
    columns = set()
    for compute in (*literal.PUBLISHED.values(), *literal.NEWER.values()):
        columns |= set(compute(subject("a", 14)))
    assert columns <= set(PROXIES) - ELSEWHERE
    assert len(columns) == SHIPPED

"""The group and the proxy ``trace``, and all proxies on the ten networks."""

import math

import pytest
import torch

from proxyrank.features import compute_features, get_group
from proxyrank.features.network.batch import noise_batch
from proxyrank.features.network.score import score_network
from proxyrank.features.proxies import Missing
from proxyrank.features.proxies.trace import PROXY
from proxyrank.features.trace.columns import TRACE_COLUMNS
from proxyrank.spaces import DataShape, get_space
from proxyrank.testing.proxies import ProxyContract


class TestTrace(ProxyContract):
    @pytest.fixture
    def proxy(self):
        return PROXY


def test_columns_are_the_same_in_every_space_that_has_networks():
    for name in ("nb201", "smallnets", "mobilenetv2"):
        space = get_space(name)
        assert get_group("trace").columns(space) == list(TRACE_COLUMNS)
    space = get_space("smallnets")
    archs = space.sample(2, seed=0)
    frame = compute_features(
        space, archs, ["trace"], settings={"dataset": str(space.data)}, cache=False
    ).frame
    assert frame.notna().all(axis=None)
    assert not frame.iloc[0].equals(frame.iloc[1])


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
def test_all_proxies_are_finite_or_give_a_reason(network, request):
    batch = noise_batch(DataShape(resolution=16), 4, seed=0)
    scores = score_network(network, batch, "all,trace")
    gaps = {name: value.reason for name, value in scores.items() if isinstance(value, Missing)}
    assert all(math.isfinite(value) for name, value in scores.items() if name not in gaps)
    recurrent = "lstm" in request.node.name  # torch cannot differentiate it forwards
    failed = {name for name, reason in gaps.items() if reason.startswith("failed")}
    assert failed == ({"dextr"} if recurrent else set()), gaps
    assert not set(gaps) & {*TRACE_COLUMNS, "flops", "params", "synflow", "grad_norm", "vkdnw_entropy"}, gaps


def test_torchvision_and_timm():
    """Of the extra ``zoo``; their models, untrained, in float32."""
    timm, models = _zoo()
    made = [
        *(models.resnet18, models.mobilenet_v2, models.densenet121, models.shufflenet_v2_x0_5, models.swin_t),
        *(models.efficientnet_b0, models.convnext_tiny),
        *(lambda name=name: timm.create_model(name) for name in ZOO),
    ]
    batch = noise_batch(DataShape(resolution=224, classes=1000), 2, seed=0)
    for make in made:
        torch.manual_seed(0)
        scores = score_network(make(), batch, "trace,flops,params")
        assert not any(isinstance(value, Missing) for value in scores.values()), (make, scores)


ZOO = ("vit_tiny_patch16_224", "mixer_s32_224", "regnety_002")


def _zoo():
    try:
        import timm
        from torchvision import models
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision for another build of torch
        pytest.skip(f"the extra zoo is not installed: {error}")
    return timm, models

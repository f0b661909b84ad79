"""MeCo, SWAP, Dextr and the least component against literal transcriptions of their definitions."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.passes import Passes
from proxyrank.features.network.planner import run_proxies
from proxyrank.features.network.score import score_network
from proxyrank.features.proxies import PROXIES, Missing, get_proxies
from proxyrank.features.proxies.dextr import circle_derivatives, extrinsic_curvature
from proxyrank.spaces import DataShape

pytestmark = pytest.mark.usefixtures("one_thread")

NETS = (0, 1, 3, 5, 8, 14)


@pytest.mark.filterwarnings("ignore:.*[Dd]egrees of freedom")
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("net", NETS)
def test_meco_of_one_large_image(reference, literal, net, channels_last):
    network = reference.network("a", net)
    x = noise_batch(DataShape(resolution=64), 1, seed=3, dtype=torch.float64)
    passes = Passes(network, x, signs=None, standard_normal=None, channels_last=channels_last)
    spoiled = literal.Subject(reference.network("a", net).train(), x.x, x.y, x.x, x.y, None, None)
    expected = literal.meco(spoiled)["meco"]
    assert run_proxies(passes, get_proxies("meco"))["meco"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_meco_of_several_small_images(reference, reference_passes):
    # 8 of 16 x 16 pixels are fewer than one of 64 x 64: all of them, side by side.
    network, total = reference.network("a", 5).train(), 0.0

    def add(module, inputs, output):
        nonlocal total
        if output.dim() == 4:
            rows = torch.cat([image.flatten(1) for image in output.detach()], dim=1).numpy()
            with np.errstate(invalid="ignore", divide="ignore"):
                total += float(np.linalg.eigvalsh(np.nan_to_num(np.corrcoef(rows))).min())

    for module in network.modules():
        module.register_forward_hook(add)
    network(reference.inputs("a"))
    found = run_proxies(reference_passes("a", 5), get_proxies("meco"))
    assert found["meco"] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("size", [3, 8, 70, 140])
@pytest.mark.parametrize("net", [1, 5, 14])
def test_swap_counts_the_patterns_of_units(reference, literal, net, size):
    batch = noise_batch(DataShape(resolution=8), size, seed=2, dtype=torch.float64)
    passes = Passes(reference.network("a", net), batch, signs=None, standard_normal=None, channels_last=True)
    spoiled = literal.Subject(reference.network("a", net).train(), batch.x, batch.y, None, None, None, None)
    expected = literal.swap(spoiled)["swap"]
    assert run_proxies(passes, get_proxies("swap"))["swap"] == expected
    if size == 3:
        assert expected <= 8


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("net", [0, 1, 5, 14])
def test_dextr_by_backward_passes(subject, literal, reference_passes, net, channels_last):
    expected = literal.dextr(subject("a", net))["dextr"]
    passes = reference_passes("a", net, channels_last=channels_last)
    assert run_proxies(passes, get_proxies("dextr"))["dextr"] == pytest.approx(expected, rel=1e-7)


def test_curvature_of_a_circle():
    angle, radius = 0.3, 4.0
    v = radius * torch.tensor([-math.sin(angle), math.cos(angle), 0.0])
    a = radius * torch.tensor([-math.cos(angle), -math.sin(angle), 0.0])
    assert extrinsic_curvature(v, a) == pytest.approx(1 / radius)
    assert extrinsic_curvature(v, 3 * v) == pytest.approx(0.0, abs=1e-3)


def test_derivatives_leave_the_norms_as_they_were(reference_passes):
    passes = reference_passes("a", 5, channels_last=True)
    kinds = [type(module) for module in passes.trainable.modules()]
    circle_derivatives(passes)
    assert [type(module) for module in passes.trainable.modules()] == kinds


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("net", [0, 1, 3, 5, 14])
def test_the_least_component_by_singular_values(subject, literal, reference_passes, net, channels_last):
    expected = literal.least_component(subject("a", net))["least_component"]
    passes = reference_passes("a", net, channels_last=channels_last)
    found = run_proxies(passes, get_proxies("least_component"))["least_component"]
    assert found == pytest.approx(
        expected, rel=1e-8, abs=1e-13
    )  # of a covariance: the rounding of its largest
    assert found > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_features_that_lost_a_direction_have_no_least_component(dtype):
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 4, 3)
    whole = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)).to(dtype)
    batch = noise_batch(DataShape(resolution=8), 16, seed=0, dtype=dtype)
    assert 1e-3 < score_network(whole, batch, "least_component", init="keep")["least_component"] < 0.25
    with torch.no_grad():
        conv.weight[3] = conv.weight[:3].sum(dim=0)
    assert score_network(whole, batch, "least_component", init="keep")["least_component"] == 0


def test_a_block_of_few_pixels_says_nothing_of_directions():
    batch = noise_batch(DataShape(resolution=8), 2, seed=0)
    deep = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.Conv2d(8, 64, 3, stride=6), nn.Flatten(), nn.Linear(64, 10)
    )  # 2 images of 1 pixel, 64 channels
    assert score_network(deep, batch, "least_component")["least_component"] > 0
    assert score_network(deep[1:], Batch(batch.x[:, :1].repeat(1, 8, 1, 1), batch.y), "least_component")[
        "least_component"
    ] == Missing("no block of more pixels than channels")


def test_degenerate_networks_have_reasons(reference_passes):
    # All operations none: features of the first stage's cells are zero, logits are the classifier's bias.
    found = run_proxies(reference_passes("a", 2), get_proxies("meco,swap,dextr"))
    assert isinstance(found["meco"], float)
    assert isinstance(found["swap"], float)
    assert found["dextr"] == Missing("degenerate: logits do not depend on the image")
    batch = noise_batch(DataShape(resolution=8), 4, 0)
    same = Batch(batch.x[:1].repeat(4, 1, 1, 1), batch.y)
    conv = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 10))
    found = score_network(conv, same, "dextr,swap")
    assert found["dextr"] == Missing("degenerate: the first two images do not span a plane")
    assert found["swap"] == Missing("no ReLU with image features")
    flat = score_network(nn.Sequential(nn.Flatten(), nn.Linear(192, 10)), batch, "meco")
    assert flat["meco"] == Missing("no image-shaped features")


def test_they_come_after_the_published_ones():
    order = list(PROXIES)
    places = [order.index(name) for name in ("vkdnw_extra", "meco", "swap", "dextr", "least_component")]
    assert places == sorted(places)

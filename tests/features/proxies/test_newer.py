"""MeCo, SWAP and Dextr against literal transcriptions of their definitions."""

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


def _outputs(network, x):
    found = []
    hooks = [m.register_forward_hook(lambda *given: found.append(given[2])) for m in network.modules()]
    with torch.no_grad():
        network(x)
    for hook in hooks:
        hook.remove()
    return found


def _meco_literally(network, x):
    """Of a batch of one as published: a Pearson matrix per module, NaN to 0, the smallest eigenvalue."""
    total = 0.0
    for output in _outputs(network, x):
        rows = output[0].reshape(output.shape[1], -1) if output.dim() == 4 else output[0].reshape(-1, 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            matrix = np.atleast_2d(np.nan_to_num(np.corrcoef(rows.numpy())))
        total += float(np.linalg.eigvals(matrix).real.min())
    return total


@pytest.mark.filterwarnings("ignore:.*[Dd]egrees of freedom")
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("net", NETS)
def test_meco_of_one_large_image(reference, net, channels_last):
    network = reference.network("a", net)
    x = noise_batch(DataShape(resolution=64), 1, seed=3, dtype=torch.float64)
    passes = Passes(network, x, signs=None, standard_normal=None, channels_last=channels_last)
    expected = _meco_literally(reference.network("a", net).train(), x.x)
    assert run_proxies(passes, get_proxies("meco"))["meco"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_meco_of_several_small_images(reference, reference_passes):
    # 8 of 16 x 16 pixels are fewer than one of 64 x 64: all of them, side by side.
    x, network = reference.inputs("a"), reference.network("a", 5).train()
    total = 0.0
    for output in _outputs(network, x):
        if output.dim() == 4:
            rows = torch.cat([image.flatten(1) for image in output], dim=1).numpy()
            with np.errstate(invalid="ignore", divide="ignore"):
                matrix = np.nan_to_num(np.corrcoef(rows))
            total += float(np.linalg.eigvalsh(matrix).min())
    found = run_proxies(reference_passes("a", 5), get_proxies("meco"))
    assert found["meco"] == pytest.approx(total, rel=1e-9)


def _swap_literally(network, x):
    patterns = set()

    def collect(module, inputs, output):
        if inputs[0].dim() == 4:
            patterns.update(map(tuple, (output > 0).flatten(1).T.tolist()))

    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(collect)
    with torch.no_grad():
        network(x)
    return len(patterns)


@pytest.mark.parametrize("size", [3, 8, 70, 140])
@pytest.mark.parametrize("net", [1, 5, 14])
def test_swap_counts_the_patterns_of_units(reference, net, size):
    batch = noise_batch(DataShape(resolution=8), size, seed=2, dtype=torch.float64)
    passes = Passes(reference.network("a", net), batch, signs=None, standard_normal=None, channels_last=True)
    expected = _swap_literally(reference.network("a", net).train(), batch.x)
    assert run_proxies(passes, get_proxies("swap"))["swap"] == expected
    if size == 3:
        assert expected <= 8


def _dextr_literally(network, x):
    """Singular values of every module's first output; derivatives along the circle by backward passes."""
    total = 0.0
    for output in _outputs(network, x[:1]):
        values = np.linalg.svd(output[0].reshape(len(output[0]), -1).numpy(), compute_uv=False)
        total += values.min() / values.max() if values.max() > 0 else 0.0
    plane = np.linalg.qr(x[:2].flatten(1).numpy().T)[0]
    plane *= np.sign(plane.T @ x[0].flatten().numpy())[:1]  # the first axis along the first image
    second = x[1].flatten().numpy()
    if plane[:, 1] @ second < 0:
        plane[:, 1] *= -1
    angle = torch.zeros((), dtype=torch.float64, requires_grad=True)
    axes = torch.from_numpy(plane).T.reshape(2, *x.shape[1:])
    logits = network((axes[0] * angle.cos() + axes[1] * angle.sin())[None])[0]
    v, a = [], []
    for logit in logits:
        (slope,) = torch.autograd.grad(logit, angle, create_graph=True)
        v.append(slope.item())
        a.append(float(torch.autograd.grad(slope, angle, retain_graph=True)[0]))
    v, a = np.array(v), np.array(a)
    kappa = math.sqrt((v @ v) * (a @ a) - (v @ a) ** 2) * (v @ v) ** -1.5
    one, two = math.log(1 + total), math.log(1 + kappa)
    return one * two / (one + two)


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("net", [0, 1, 5, 14])
def test_dextr_by_backward_passes(reference, reference_passes, net, channels_last):
    expected = _dextr_literally(reference.network("a", net).train(), reference.inputs("a"))
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
    assert found["swap"] == Missing("no ReLU module with image features")
    flat = score_network(nn.Sequential(nn.Flatten(), nn.Linear(192, 10)), batch, "meco")
    assert flat["meco"] == Missing("no image-shaped features")


def test_they_come_last():
    assert list(PROXIES)[-3:] == ["meco", "swap", "dextr"]

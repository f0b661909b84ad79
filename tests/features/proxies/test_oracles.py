"""Proxies without published values, and degenerate matrices, against literal transcriptions."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.network.planner import run_proxies
from proxyrank.features.proxies import PROXIES, columns_of, get_proxies
from proxyrank.features.proxies._spectra import psd_eigenvalues
from proxyrank.features.proxies.epe_nas import class_correlation_score
from proxyrank.features.proxies.naswot import log_determinant
from proxyrank.features.proxies.ntk import condition_number

NETS = (0, 3, 5, 14)


def _layers(network):
    return [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]


@pytest.mark.parametrize("net", NETS)
def test_fisher_plain_and_l2_norm_as_in_zero_cost_nas(reference, reference_passes, net):
    network = reference.network("a", net)
    outputs = {}
    for layer in _layers(network):

        def keep(module, _, output):
            output.retain_grad()
            outputs[module] = output

        layer.register_forward_hook(keep)
    cross_entropy(network(reference.inputs("a")), reference.labels("a")).backward()
    fisher = plain = norm = 0.0
    for layer in _layers(network):
        product = outputs[layer].detach() * outputs[layer].grad
        if product.dim() == 4:
            product = product.sum((2, 3))
        fisher += float((0.5 * product.pow(2).mean(0)).sum())
        weight = layer.weight.detach()
        plain += float((weight * layer.weight.grad).sum())
        norm += float(weight.pow(2).sum().sqrt())
    found = run_proxies(reference_passes("a", net), get_proxies("fisher,plain,l2_norm"))
    assert found["fisher"] == pytest.approx(fisher, rel=1e-10)
    assert found["plain"] == pytest.approx(plain, rel=1e-8, abs=1e-12)
    assert found["l2_norm"] == pytest.approx(norm, rel=1e-12)


def _epe_literally(jacobian, labels, classes):
    """Equations of arXiv 2102.08099, loop by loop."""
    scores = {}
    for c in sorted(set(labels)):
        rows = [jacobian[i] for i in range(len(labels)) if labels[i] == c]
        if classes > 100 and len(rows) < 2:
            continue
        total = 0.0
        for a in rows:
            for b in rows:
                da, db = a - a.mean(), b - b.mean()
                r = (da @ db) / math.sqrt((da @ da) * (db @ db))
                total += math.log(abs(r) + 1e-5)
        scores[c] = total / len(rows) if classes > 100 else total
    values = list(scores.values())
    if classes <= 100:
        return sum(abs(v) for v in values)
    pairs = [(i, j) for i in range(len(values)) for j in range(i + 1, len(values))]
    return sum(abs(values[i] - values[j]) for i, j in pairs) / len(values)


@pytest.mark.parametrize("classes", [3, 120])
def test_epe_nas_literally(classes):
    rng = np.random.default_rng(0)
    jacobian, labels = rng.standard_normal((9, 40)), np.array([0, 1, 1, 2, 2, 2, 0, 5, 1])
    score = class_correlation_score(jacobian, labels, classes)
    assert score == pytest.approx(_epe_literally(jacobian, list(labels), classes), rel=1e-9)


def test_epe_nas_without_pairs_of_a_class():
    with pytest.raises(NotApplicableError, match="two images"):
        class_correlation_score(np.eye(3), np.array([0, 1, 2]), 120)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_n3_all_ones_kernel_is_degenerate(dtype):
    with pytest.raises(NotApplicableError, match="singular kernel"):
        condition_number(torch.ones(10, 10, dtype=dtype))


def test_condition_number_of_a_diagonal():
    assert condition_number(torch.diag(torch.tensor([1.0, 2.0, 8.0]))) == pytest.approx(8.0)


def test_n1_constant_kernel_is_degenerate():
    with pytest.raises(NotApplicableError, match="singular kernel"):
        log_determinant(np.full((8, 8), 37.0))


def test_log_determinant_of_a_diagonal():
    assert log_determinant(np.diag([2.0, 3.0, 4.0])) == pytest.approx(math.log(24.0))


def test_n4_n5_eigenvalues():
    values = psd_eigenvalues(torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]))
    assert values.min() >= 0.0
    assert values == pytest.approx([0.0, 0.0, 14.0], abs=1e-5)
    with pytest.raises(NotApplicableError, match="not finite"):
        psd_eigenvalues(torch.full((3, 3), torch.nan))
    with pytest.raises(NotApplicableError, match="negative"):
        psd_eigenvalues(torch.diag(torch.tensor([1.0, -0.1])))


def test_n2_synflow_of_thirty_layers_is_finite(reference_passes):
    passes = reference_passes("a", 0, torch.float32)
    layers = [
        layer for _ in range(30) for layer in (nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU())
    ]
    passes.network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10))
    with torch.no_grad():
        for parameter in passes.network.parameters():
            parameter.fill_(30.0)
    found = run_proxies(passes, get_proxies("synflow"))
    assert found["synflow"] > 1e38
    assert found["synflow_log"] == pytest.approx(math.log(found["synflow"]))


def test_grasp_by_finite_differences(reference, reference_passes):
    network, x, y = reference.network("a", 5), reference.inputs("a"), reference.labels("a")
    weights = [layer.weight for layer in _layers(network)]

    def gradient():
        return torch.autograd.grad(cross_entropy(network(x), y), weights)

    g, step, moved = gradient(), 1e-5, []
    for sign in (1.0, -1.0):
        with torch.no_grad():
            for w, d in zip(weights, g, strict=True):
                w += sign * step * d
        moved.append(gradient())
        with torch.no_grad():
            for w, d in zip(weights, g, strict=True):
                w -= sign * step * d
    product = [(up - down) / (2 * step) for up, down in zip(*moved, strict=True)]
    expected = -sum(float((w.detach() * hg).sum()) for w, hg in zip(weights, product, strict=True))
    found = run_proxies(reference_passes("a", 5), get_proxies("grasp"))
    assert found["grasp"] == pytest.approx(expected, rel=1e-4)  # error of the central difference


def test_registry():
    assert get_proxies("all") == tuple(PROXIES.values())
    assert [p.name for p in get_proxies("jacov, flops,jacov")] == ["flops", "jacov"]
    assert columns_of(get_proxies("synflow,zen")) == ["zen", "synflow", "synflow_log"]
    with pytest.raises(ProxyrankError, match="nearest: naswot"):
        get_proxies("naswto")
    with pytest.raises(ProxyrankError, match="no proxy"):
        get_proxies(" , ")
    columns = columns_of(PROXIES.values())
    assert len(columns) == len(set(columns))
    for proxy in PROXIES.values():
        assert proxy.meaning
        assert proxy.paper
        assert proxy.direction in (1, -1)


def test_registry_does_not_load_torch():
    import subprocess
    import sys

    code = "import sys, proxyrank.features.network.network_groups; assert 'torch' not in sys.modules, 'torch'"
    subprocess.run([sys.executable, "-c", code], check=True)


class Coupled(nn.Module):
    """A norm of its own over the whole batch: images alone differ from images together."""

    def __init__(self):
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4, 10)

    def forward(self, x):
        x = torch.relu(self.conv(x) - x.mean())
        return self.last((x / x.std(dim=0, keepdim=True, correction=0).add(1.0)).mean((2, 3)))


def _gradsign_literally(network, x, y):
    weights = [layer.weight for layer in _layers(network)]
    total = [torch.zeros_like(w) for w in weights]
    for i in range(len(x)):
        slopes = torch.autograd.grad(cross_entropy(network(x[i : i + 1]), y[i : i + 1]), weights)
        total = [t + s.sign() for t, s in zip(total, slopes, strict=True)]
    return float(torch.cat([t.flatten() for t in total]).abs().mean())


def test_gradsign_runs_all_images_together_only_where_it_may(reference, reference_passes, monkeypatch):
    from proxyrank.features.proxies import gradsign as module

    alone = []
    original = module._gradient
    monkeypatch.setattr(module, "_gradient", lambda p, i: (alone.append(i), original(p, i))[1])
    passes = reference_passes("a", 5, channels_last=True)
    x, y = reference.inputs("a"), reference.labels("a")
    found = run_proxies(passes, get_proxies("gradsign"))["gradsign"]
    assert found == pytest.approx(_gradsign_literally(reference.network("a", 5).train(), x, y), rel=1e-12)
    assert alone == [0]
    for network, runs in (
        (Coupled(), 8),
        (nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten(), nn.LazyLinear(10)), 1),
    ):
        alone.clear()
        network = network.double()
        with torch.no_grad():
            network(x)
        passes.__dict__.pop("trainable", None)
        passes.__dict__.pop("weights", None)
        passes.network = network
        found = run_proxies(passes, get_proxies("gradsign"))["gradsign"]
        assert found == pytest.approx(_gradsign_literally(network, x, y), rel=1e-12)
        assert alone == list(range(runs))

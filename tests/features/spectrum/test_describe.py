"""VKDNW against the published values, and its behaviour at the edges."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.spectrum.describe import (
    VKDNW_COLUMNS,
    VKDNW_EXTRA_COLUMNS,
    spectral_features,
    vkdnw_ablation,
    vkdnw_features,
)
from proxyrank.features.spectrum.eigenvalues import DEGENERATE, LEVELS, eigenvalues
from proxyrank.features.spectrum.fisher_settings import FisherSettings
from proxyrank.features.spectrum.jacobian import fisher_jacobian
from proxyrank.features.spectrum.matrix import fisher_matrix
from proxyrank.features.spectrum.selection import Selection
from proxyrank.spaces import DataShape

NETS = {
    "a": (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15),
    "b": (0, 1, 3, 4, 5, 13),
    "c": (0, 1, 5, 6),
}
CASES = [(setting, net) for setting, nets in NETS.items() for net in nets]
DEGENERATE_NETS = (2, 10)  # all nine deciles are zero
FLOOR = 1e-9  # of the largest eigenvalue; below it the published values are the floor of torch.svd


def _features(reference, setting, net):
    batch = Batch(reference.inputs(setting, dtype=torch.float32), reference.labels(setting))
    return vkdnw_features(reference.network(setting, net, torch.float32), batch)


def _compare(actual, expected, largest, floor, **tolerance):
    actual, expected = np.asarray(actual), np.asarray(expected)
    above = expected > floor * largest
    np.testing.assert_allclose(actual[above], expected[above], **tolerance)
    assert (actual[~above] <= 1.001 * floor * largest).all()


def test_reference_cases_are_all_of_the_file(reference):
    assert {name: reference.setting(name).nets for name in NETS} == NETS


@pytest.mark.parametrize(("setting", "net"), CASES)
def test_reference_float64(reference, setting, net):
    expected = reference.values(setting, net)["vkdnw"]
    network = reference.network(setting, net)
    jacobian, logits = fisher_jacobian(network, reference.inputs(setting))
    np.testing.assert_allclose(logits[0, :10], expected["logits_eval_sample0"], rtol=1e-9)
    matrix = fisher_matrix(jacobian, logits)
    # fim_diag has ten digits.
    np.testing.assert_allclose(matrix.diagonal(), expected["fim_diag"], rtol=1e-8, atol=0)
    assert float(matrix.trace()) == pytest.approx(expected["fim_trace"], rel=1e-12)
    largest = expected["eigenvalues"][0]
    _compare(eigenvalues(matrix)[::-1], expected["eigenvalues"], largest, FLOOR, rtol=1e-6)

    if net in DEGENERATE_NETS:
        with pytest.raises(NotApplicableError, match=f"^{DEGENERATE}$"):
            spectral_features(jacobian, logits, dim=expected["dim"])
        return
    features = spectral_features(jacobian, logits, dim=sum(1 for _ in network.parameters()))
    assert features["vkdnw_dim"] == expected["dim"]
    assert features["vkdnw_trace"] == pytest.approx(expected["fim_trace"], rel=1e-12)
    assert features["vkdnw_lambda_max"] == pytest.approx(largest, rel=1e-12)
    assert features["vkdnw_entropy"] == pytest.approx(expected["entropy"], abs=1e-6)
    _compare(
        [features[f"vkdnw_q{level}"] for level in LEVELS], expected["deciles"], largest, FLOOR, rtol=1e-6
    )
    sigma = expected["variant_sigma"]
    assert features["vkdnw_fisher_entropy"] == pytest.approx(sigma["entropy"], abs=1e-6)
    assert features["vkdnw_fisher_trace"] == pytest.approx(sigma["fim_trace"], rel=1e-12)
    largest = features["vkdnw_fisher_lambda_max"]
    deciles = [features[f"vkdnw_fisher_q{level}"] for level in LEVELS]
    _compare(deciles, sigma["deciles"], largest, FLOOR, rtol=1e-6)


@pytest.mark.parametrize(("setting", "net"), CASES)
def test_reference_float32(reference, setting, net):
    """Float32 networks against the float64 values, within section 4 of the reference's README."""
    if net in DEGENERATE_NETS:
        with pytest.raises(NotApplicableError, match=f"^{DEGENERATE}$"):
            _features(reference, setting, net)
        return
    expected = reference.values(setting, net)["vkdnw"]
    relative, entropy = (1e-3, 1e-2) if setting == "b" else (1e-4, 1e-3)
    features = _features(reference, setting, net)
    assert features["vkdnw_dim"] == expected["dim"]
    assert features["vkdnw_trace"] == pytest.approx(expected["fim_trace"], rel=relative)
    assert features["vkdnw_entropy"] == pytest.approx(expected["entropy"], abs=entropy)
    assert features["vkdnw_fisher_entropy"] == pytest.approx(
        expected["variant_sigma"]["entropy"], abs=entropy
    )
    deciles = [features[f"vkdnw_q{level}"] for level in LEVELS]
    _compare(deciles, expected["deciles"], expected["eigenvalues"][0], 1e-5, rtol=10 * relative)


@pytest.mark.parametrize("i", range(4))
@pytest.mark.parametrize("form", ["published", "fisher"])
def test_literal_transcription(literal, random_network, i, form):
    network = random_network(i)
    batch = noise_batch(DataShape(classes=5, resolution=8), 6, seed=i, dtype=torch.float64)
    expected = literal.literal_vkdnw(copy.deepcopy(network), batch.x, form)
    if expected["deciles"][-1] < 1e-13 * expected["eigenvalues"][0]:
        pytest.skip("a degenerate cell")
    features = vkdnw_features(network, batch, settings=FisherSettings(form=form))
    assert features["vkdnw_entropy"] == pytest.approx(expected["entropy"], abs=1e-6)
    deciles = [features[f"vkdnw_q{level}"] for level in LEVELS]
    _compare(deciles, expected["deciles"], expected["eigenvalues"][0], FLOOR, rtol=1e-6)


def test_columns(random_network):
    batch = noise_batch(DataShape(classes=5, resolution=8), 4, seed=0, dtype=torch.float64)
    features = vkdnw_features(random_network(0), batch)
    assert tuple(features) == (*VKDNW_COLUMNS, *VKDNW_EXTRA_COLUMNS)
    assert len(VKDNW_COLUMNS) == 11
    assert all(isinstance(value, float) and np.isfinite(value) for value in features.values())
    fisher = vkdnw_features(random_network(0), batch, settings=FisherSettings(form="fisher"))
    assert fisher["vkdnw_entropy"] == features["vkdnw_fisher_entropy"]
    assert fisher["vkdnw_entropy"] != features["vkdnw_entropy"]


def test_one_pass_serves_all_ablations(random_network):
    """Several settings at once give what each gives alone."""
    network = random_network(2)
    # Enough samples: the rank is at most batch times (classes - 1), of up to 384 scalars here.
    batch = noise_batch(DataShape(classes=5, resolution=8), 12, seed=1, dtype=torch.float64)
    settings = [
        *(FisherSettings(Selection(tensors=tensors)) for tensors in (8, 16, 256)),
        *(FisherSettings(Selection(weights=weights)) for weights in (2, 4, 8)),
        *(FisherSettings(Selection(position=position)) for position in (0.2, 1.0, "random")),
        FisherSettings(form="empirical"),
    ]
    together = vkdnw_ablation(network, batch, settings)
    for one, found in zip(settings, together, strict=True):
        assert found == pytest.approx(vkdnw_features(network, batch, settings=one), rel=1e-9, abs=1e-13)
    assert len({found["vkdnw_entropy"] for found in together}) == len(settings)
    assert vkdnw_ablation(network, batch, []) == []


class _Loud(nn.Module):
    """Logits that overflow float32 but not float64."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(12, 20), nn.Linear(20, 3)
        self.scale = scale

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.first(x.flatten(1)) * self.scale) * self.scale


def test_overflow_is_retried_in_float64():
    torch.manual_seed(0)
    network = _Loud(1e30)
    batch = noise_batch(DataShape(classes=3, resolution=2), 4, seed=0)
    assert not torch.isfinite(network(batch.x)).all()
    features = vkdnw_features(network, batch)
    assert features == vkdnw_features(copy.deepcopy(network).double(), batch)
    assert network.first.weight.dtype == torch.float32


def test_overflow_of_float64_is_missing_with_a_reason():
    torch.manual_seed(0)
    batch = noise_batch(DataShape(classes=3, resolution=2), 4, seed=0)
    with pytest.raises(NotApplicableError, match="not finite"):
        vkdnw_features(_Loud(1e300), batch)


def test_empirical_needs_no_smoothing_and_reads_labels(random_network):
    batch = noise_batch(DataShape(classes=5, resolution=8), 4, seed=0, dtype=torch.float64)
    settings = FisherSettings(form="empirical")
    one = vkdnw_features(random_network(0), batch, settings=settings)
    other = vkdnw_features(random_network(0), Batch(batch.x, (batch.y + 1) % 5), settings=settings)
    assert one["vkdnw_trace"] != other["vkdnw_trace"]
    assert one["vkdnw_fisher_trace"] == other["vkdnw_fisher_trace"]


def test_a_batch_of_one_is_enough(random_network):
    batch = noise_batch(DataShape(classes=5, resolution=8), 1, seed=0, dtype=torch.float64)
    assert np.isfinite(vkdnw_features(random_network(0), batch)["vkdnw_entropy"])


@pytest.mark.parametrize("options", [{"form": "exact"}, {"chunk": 0}])
def test_bad_settings(options):
    with pytest.raises(ProxyrankError, match=next(iter(options))):
        FisherSettings(**options)

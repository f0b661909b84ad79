"""Fisher matrices against explicit sums, and against the definition on a tiny network."""

import numpy as np
import pytest
import torch
from torch import nn

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.spectrum.jacobian import fisher_jacobian
from proxyrank.features.spectrum.matrix import covariance_factor, fisher_matrix, smoothed_probabilities
from proxyrank.features.spectrum.selection import Selection


def _random(batch, classes, size):
    generator = torch.Generator().manual_seed(classes)
    jacobian = torch.randn(batch, classes, size, dtype=torch.float64, generator=generator)
    return jacobian, 3 * torch.randn(batch, classes, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("classes", [2, 3, 10, 120])
@pytest.mark.parametrize("form", ["published", "fisher"])
def test_against_explicit_factors(literal, classes, form):
    jacobian, logits = _random(4, classes, 6)
    expected = literal.literal_matrix(jacobian, logits, form)
    torch.testing.assert_close(fisher_matrix(jacobian, logits, form), expected, rtol=1e-12, atol=1e-12)


def test_constants_are_rounded_to_half_precision():
    p = smoothed_probabilities(torch.tensor([[1000.0] + [0.0] * 9]))
    assert p[0, 1].item() == 0.00499725341796875
    assert p[0, 0].item() == 0.9501953125 + 0.00499725341796875
    assert smoothed_probabilities(torch.zeros(1, 120)).sum().item() == pytest.approx(1.000177, abs=1e-6)


@pytest.mark.parametrize("classes", [256, 1000, 21000])
def test_many_classes_stay_finite(classes):
    """Saturated logits: with the rounded constants the published factor has the root of a negative number."""
    logits = torch.zeros(2, classes)
    logits[0, 0] = logits[1, -1] = 1e4
    p, diagonal, ratio = covariance_factor(smoothed_probabilities(logits))
    for part in (p, diagonal, ratio):
        assert torch.isfinite(part).all()
    if classes == 1000:
        assert float(p.sum()) == pytest.approx(2, abs=1e-12)


def test_fisher_form_is_that_of_the_definition():
    """J^T (diag p - p p^T) J; where the p sum to 1 the factor is exact and class order does not matter."""
    jacobian, logits = _random(3, 400, 5)
    p = smoothed_probabilities(logits)
    sigma = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    expected = torch.einsum("bkd,bkl,ble->de", jacobian, sigma, jacobian) / 3
    torch.testing.assert_close(fisher_matrix(jacobian, logits, "fisher"), expected, rtol=1e-9, atol=1e-9)
    order = torch.randperm(400, generator=torch.Generator().manual_seed(0))
    shuffled = jacobian[:, order], logits[:, order]
    torch.testing.assert_close(fisher_matrix(*shuffled, "fisher"), expected, rtol=1e-9, atol=1e-9)
    published = fisher_matrix(jacobian, logits)
    assert (fisher_matrix(*shuffled) - published).norm() > 0.01 * published.norm()


def test_fisher_form_hardly_depends_on_class_order_with_rounded_constants():
    jacobian, logits = _random(3, 10, 5)
    expected = fisher_matrix(jacobian, logits, "fisher")
    order = torch.arange(9, -1, -1)
    found = fisher_matrix(jacobian[:, order], logits[:, order], "fisher")
    # The half-precision constants sum to 1.00017 and the last class takes up the excess.
    assert (found - expected).norm() < 3e-3 * expected.norm()


@pytest.mark.parametrize("form", ["fisher", "empirical"])
def test_hand_built_matrix_of_a_tiny_network(form):
    """All parameters of a two-layer network: expectation (or one draw) of the scores' outer products."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    x, y = torch.randn(5, 3, dtype=torch.float64), torch.tensor([0, 2, 1, 1, 0])
    parameters = list(network.parameters())
    size = sum(p.numel() for p in parameters)
    expected = torch.zeros(size, size, dtype=torch.float64)
    for image, label in zip(x, y, strict=True):
        probabilities = torch.softmax(network(image[None])[0], dim=0)
        for k in range(3) if form == "fisher" else [int(label)]:
            log_probability = torch.log_softmax(network(image[None])[0], dim=0)[k]
            score = torch.cat([g.flatten() for g in torch.autograd.grad(log_probability, parameters)])
            weight = probabilities[k].item() if form == "fisher" else 1.0
            expected += weight * torch.outer(score, score) / len(x)

    blocks = [fisher_jacobian(network, x, Selection(tensors=4, weights=12))]
    jacobian, logits = blocks[0]
    # `weights` repeats entries of the smaller tensors: keep each scalar once.
    scalars = Selection(tensors=4, weights=12).scalars(network)
    first = [scalars.index(scalar) for scalar in dict.fromkeys(scalars)]
    assert len(first) == size
    jacobian = jacobian[:, :, first]
    found = fisher_matrix(jacobian, logits, form, y)
    if form == "empirical":
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
        return
    p = torch.softmax(logits, dim=1)
    sigma = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    exact = torch.einsum("bkd,bkl,ble->de", jacobian, sigma, jacobian) / len(x)
    torch.testing.assert_close(exact, expected, rtol=1e-12, atol=1e-12)
    # What is left is the smoothing: 5 % of uniform probability.
    assert (found - expected).norm() < 0.1 * expected.norm()


def test_errors():
    jacobian, logits = _random(2, 3, 4)
    with pytest.raises(ProxyrankError, match="unknown form 'exact'"):
        fisher_matrix(jacobian, logits, "exact")
    with pytest.raises(ProxyrankError, match="labels"):
        fisher_matrix(jacobian, logits, "empirical")
    logits[0, 0] = np.inf
    with pytest.raises(NotApplicableError, match="not finite"):
        fisher_matrix(jacobian, logits)

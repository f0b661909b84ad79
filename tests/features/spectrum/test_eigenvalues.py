"""Eigenvalues of semidefinite matrices, with the troubles of field reports N4 and N5."""

import numpy as np
import pytest
import torch

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.spectrum import eigenvalues as spectrum
from proxyrank.features.spectrum.eigenvalues import (
    DEGENERATE,
    cramer_rao_bound,
    decile_entropy,
    deciles,
    effective_rank,
    eigenvalues,
)


def test_zero_matrix_is_degenerate():
    with pytest.raises(NotApplicableError, match=f"^{DEGENERATE}$"):
        eigenvalues(torch.zeros(5, 5))


def test_nan_matrix_is_missing_with_a_reason():
    with pytest.raises(NotApplicableError, match="not finite"):
        eigenvalues(torch.full((3, 3), float("nan")))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tiny_negative_eigenvalues_are_zero(dtype):
    found = eigenvalues(torch.tensor([[1, 2, 3], [2, 4, 6], [3, 6, 9]], dtype=dtype))
    np.testing.assert_allclose(found, [0, 0, 14], rtol=1e-6)
    assert (found[:2] == 0).all()
    entropy = decile_entropy(deciles(found))
    assert np.isfinite(entropy)
    # Deciles 0.6 to 0.9 of (0, 0, 14) are 14 times 0.2, 0.4, 0.6 and 0.8.
    share = np.array([0.1, 0.2, 0.3, 0.4])
    assert entropy == pytest.approx(-(share * np.log(share)).sum(), abs=1e-8)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_precisions_agree_on_a_singular_matrix(dtype):
    root = torch.from_numpy(np.random.default_rng(0).standard_normal((30, 40))).to(dtype)
    matrix = root.T @ root
    found = eigenvalues(matrix)
    assert (found[:10] == 0).all()
    expected = np.sort(np.linalg.svd(root.double().numpy())[1] ** 2)
    # 1e-4: what float32 products leave of the smallest of the thirty.
    np.testing.assert_allclose(found[10:], expected, rtol=1e-4 if dtype == torch.float32 else 1e-10)


def test_clearly_negative_is_an_error():
    with pytest.raises(ProxyrankError, match="eigenvalues from -1 to 2"):
        eigenvalues(torch.diag(torch.tensor([2.0, -1.0])))
    with pytest.raises(ProxyrankError, match="semidefinite"):
        eigenvalues(torch.diag(torch.tensor([-2.0, 0.0])))


@pytest.mark.parametrize("shape", [(2, 3), (0, 0), (4,)])
def test_only_square_matrices(shape):
    with pytest.raises(ProxyrankError, match="square"):
        eigenvalues(torch.zeros(shape))


def _fail(*args, **options):
    raise np.linalg.LinAlgError("failed to converge")


def test_second_solver_and_the_end_of_them(monkeypatch):
    matrix = torch.diag(torch.tensor([1.0, 2.0, 3.0]))
    monkeypatch.setattr(np.linalg, "eigvalsh", _fail)
    np.testing.assert_allclose(eigenvalues(matrix), [1, 2, 3])
    monkeypatch.setattr(spectrum.scipy.linalg, "eigh", _fail)
    with pytest.raises(NotApplicableError, match="did not converge"):
        eigenvalues(matrix)


def test_one_eigenvalue_of_many_is_degenerate():
    with pytest.raises(NotApplicableError, match=f"^{DEGENERATE}$"):
        deciles(np.array([0.0] * 47 + [0.1]))


def test_deciles_interpolate():
    np.testing.assert_allclose(deciles(np.arange(11.0)), np.arange(1.0, 10.0))
    np.testing.assert_allclose(deciles(np.array([1.0, 2.0])), 1 + np.arange(1, 10) / 10)


def test_entropy_of_equal_deciles_is_the_most():
    assert decile_entropy(np.full(9, 3.0)) == pytest.approx(np.log(9), abs=1e-8)


def test_effective_rank_and_cramer_rao_bound():
    assert effective_rank(np.array([0, 0, 2.0, 2.0])) == pytest.approx(2)
    assert effective_rank(np.array([1.0, 0])) == pytest.approx(1)
    assert cramer_rao_bound(np.array([0, 0.5, 4.0])) == pytest.approx(2.25)

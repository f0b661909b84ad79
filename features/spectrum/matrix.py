"""Fisher matrices from the Jacobian of the logits (arXiv 2502.04975, section 3 and supplement 7.3).

All arithmetic is in float64 on the CPU, whatever the Jacobian's precision: the matrices are small, and their
small eigenvalues do not survive float32.
"""

from typing import get_args

import torch
from torch import Tensor

from proxyrank.common.errors import NotApplicableError, ProxyrankError, unknown
from proxyrank.features.settings import FisherForm

Form = FisherForm
FORMS: tuple[Form, ...] = get_args(Form)

SMOOTHING = 0.05
"""Weight alpha of the uniform distribution in the smoothed probabilities."""


def smoothed_probabilities(logits: Tensor) -> Tensor:
    """Probabilities (1 - alpha) softmax + alpha / K with alpha = 0.05.

    The three constants are rounded to float16, as published, so a row sums to 1.00017 or so. With more
    classes than about 280 that excess is larger than alpha / K and the published factor has no value; there,
    for every network of that many classes, the constants are exact.

    Parameters
    ----------
    logits
        [B, K].

    Returns
    -------
    Tensor
        [B, K], float64.
    """
    classes = logits.shape[1]
    alpha = _half(SMOOTHING)
    kept, uniform = _half(1 - alpha), _half(alpha / classes)
    if kept + classes * uniform - 1 >= uniform:
        kept, uniform = 1 - SMOOTHING, SMOOTHING / classes
    probabilities: Tensor = kept * torch.softmax(logits.double().cpu(), dim=1) + uniform
    return probabilities


def _half(value: float) -> float:
    return torch.tensor(value, dtype=torch.float16).item()


def covariance_factor(probabilities: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Closed-form Cholesky factor L of diag(p) - p p^T, as its parts.

    With q_j = 1 - (p_1 + ... + p_j), q_0 = 1 and q_K = 0: D_j = sqrt(p_j q_j / q_{j-1}), and L_ij is D_j for
    i = j, -D_j p_i / q_j for i > j, 0 above the diagonal.

    Parameters
    ----------
    probabilities
        p, [B, K].

    Returns
    -------
    p, diagonal, ratio
        Each [B, K]: p, D and D / q with its last entry 0 (that column of L is zero).
    """
    rest = 1 - probabilities.cumsum(dim=1)
    rest[:, -1] = 0
    before = torch.cat([torch.ones_like(rest[:, :1]), rest[:, :-1]], dim=1)
    diagonal = (probabilities * rest / before).sqrt()
    ratio = torch.zeros_like(diagonal)
    ratio[:, :-1] = diagonal[:, :-1] / rest[:, :-1]
    return probabilities, diagonal, ratio


def fisher_matrix(
    jacobian: Tensor, logits: Tensor, form: Form = "published", labels: Tensor | None = None
) -> Tensor:
    """Mean over the batch of J^T M J, J the Jacobian of a sample's logits.

    ``published``: M = L^T L with L from `covariance_factor`, what the published code computes; it depends on
    the order of the classes. ``fisher``: M = L L^T, the Fisher matrix of the theory. ``empirical``: the outer
    product of the gradient of the cross-entropy with the sample's own label, probabilities not smoothed.
    ``sampled``: the Jacobian is that of drawn directions [B, m, d] (`drawn_directions`), of which the mean
    outer product is taken; it estimates ``fisher``.

    Parameters
    ----------
    jacobian
        [B, K, d], or [B, m, d] of drawn directions.
    logits
        [B, K].
    form
        One of the four.
    labels
        Class numbers [B], needed by ``empirical``.

    Returns
    -------
    Tensor
        [d, d], float64, on the CPU, symmetric and positive semidefinite up to rounding.

    Raises
    ------
    NotApplicableError
        If a value is not finite.
    ProxyrankError
        If the form is unknown, or labels are needed and missing.
    """
    if form not in FORMS:
        raise unknown("form", form, FORMS)
    j = jacobian.double().cpu()
    if not (torch.isfinite(j).all() and torch.isfinite(logits).all()):
        raise NotApplicableError("logits or their derivatives are not finite")
    if form == "sampled":
        root = j.flatten(0, 1) / j.shape[1] ** 0.5
    elif form == "empirical":
        if labels is None:
            raise ProxyrankError("the empirical form needs labels")
        residual = torch.softmax(logits.double().cpu(), dim=1)
        residual[torch.arange(len(residual)), labels.cpu()] -= 1
        root = torch.einsum("bk,bkd->bd", residual, j)
    else:
        p, diagonal, ratio = (part[:, :, None] for part in covariance_factor(smoothed_probabilities(logits)))
        if form == "published":
            weighted = ratio * j
            root = diagonal * j - p * (weighted.cumsum(dim=1) - weighted)
        else:
            weighted = p * j
            root = diagonal * j - ratio * (weighted.sum(dim=1, keepdim=True) - weighted.cumsum(dim=1))
        root = root.flatten(0, 1)
    matrix: Tensor = root.T @ root / len(j)
    return matrix

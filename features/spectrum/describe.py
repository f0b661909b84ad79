"""VKDNW: features of the Fisher spectrum of an untrained network (arXiv 2502.04975, CVPR 2025)."""

from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy

import torch
from torch import Tensor, nn

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.network.batch import Batch
from proxyrank.features.spectrum._sampled import drawn_directions
from proxyrank.features.spectrum.eigenvalues import (
    LEVELS,
    cramer_rao_bound,
    decile_entropy,
    deciles,
    effective_rank,
    eigenvalues,
)
from proxyrank.features.spectrum.fisher_settings import FisherSettings
from proxyrank.features.spectrum.jacobian import fisher_jacobians
from proxyrank.features.spectrum.matrix import Form, fisher_matrix

_SPECTRUM = (*(f"q{level}" for level in LEVELS), "entropy")
_EXTRA = ("trace", "lambda_max", "effective_rank", "cramer_rao")

VKDNW_COLUMNS = tuple(f"vkdnw_{name}" for name in (*_SPECTRUM, "dim"))
"""The feature group ``vkdnw``."""

VKDNW_EXTRA_COLUMNS = tuple(f"vkdnw_{name}" for name in _EXTRA) + tuple(
    f"vkdnw_fisher_{name}" for name in (*_SPECTRUM, *_EXTRA)
)
"""Columns of the same pass that are not in the group."""


def vkdnw_features(
    network: nn.Module, batch: Batch, *, settings: FisherSettings | None = None
) -> dict[str, float]:
    """Features of the Fisher spectrum, from the first batch.

    Parameters
    ----------
    network
        Maps images to logits; left as it was. See `fisher_jacobians` for what it may be.
    batch
        The images; labels are read by the form ``empirical`` only. One sample is enough.
    settings
        The paper's by default.

    Returns
    -------
    dict
        `VKDNW_COLUMNS` and `VKDNW_EXTRA_COLUMNS`; the columns ``vkdnw_fisher_*`` are left out where that form
        alone is degenerate. ``vkdnw_dim`` counts all parameter tensors.

    Raises
    ------
    NotApplicableError
        If the spectrum is degenerate (all deciles are zero), values are not finite in float64 either, or the
        samples depend on one another.
    ProxyrankError
        If the network is not one that maps images to logits.

    Examples
    --------
    >>> import torch
    >>> from proxyrank import vkdnw_features
    >>> from proxyrank.features.network.batch import noise_batch
    >>> from proxyrank.spaces import DataShape
    >>> _ = torch.manual_seed(0)
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    >>> batch = noise_batch(DataShape(channels=1, resolution=8, classes=10), 16, seed=0)
    >>> found = vkdnw_features(network, batch)
    >>> found["vkdnw_dim"]  # parameter tensors
    2.0
    """
    (outcome,) = vkdnw_ablation(network, batch, [settings or FisherSettings()])
    if isinstance(outcome, NotApplicableError):
        raise outcome
    return outcome


def vkdnw_ablation(
    network: nn.Module, batch: Batch, settings: Sequence[FisherSettings]
) -> list[dict[str, float] | NotApplicableError]:
    """Features under several settings from one set of passes (the ablations of the paper's tables 8 and 9).

    Returns
    -------
    list
        For each of the settings what `vkdnw_features` returns, or the error that it raises. Memory and speed
        options are those of the first.
    """
    if not settings:
        return []
    jacobians, logits = _finite_jacobians(network, batch.x, settings)
    dim = sum(1 for _ in network.parameters())
    outcomes: list[dict[str, float] | NotApplicableError] = []
    for jacobian, one in zip(jacobians, settings, strict=True):
        try:
            outcomes.append(spectral_features(jacobian, logits, dim=dim, form=one.form, labels=batch.y))
        except NotApplicableError as error:
            outcomes.append(error)
    return outcomes


def spectral_features(
    jacobian: Tensor, logits: Tensor, *, dim: int, form: Form = "published", labels: Tensor | None = None
) -> dict[str, float]:
    """Features of the Fisher spectrum of a Jacobian that is already there.

    Parameters
    ----------
    jacobian, logits
        [B, K, d] and [B, K], from `fisher_jacobian`.
    dim
        Number of all parameter tensors.
    form
        The matrix that the columns of the group describe.
    labels
        [B], needed by the form ``empirical``.

    Returns
    -------
    dict
        As `vkdnw_features`.

    Raises
    ------
    NotApplicableError
        If a value is not finite or the spectrum is degenerate.
    """
    found = {**_describe("vkdnw", jacobian, logits, labels, form), "vkdnw_dim": float(dim)}
    if form != "sampled":  # of drawn directions nothing else can be made
        with suppress(NotApplicableError):
            found |= _describe("vkdnw_fisher", jacobian, logits, labels, "fisher")
    return {name: found[name] for name in (*VKDNW_COLUMNS, *VKDNW_EXTRA_COLUMNS) if name in found}


def _finite_jacobians(
    network: nn.Module, x: Tensor, settings: Sequence[FisherSettings]
) -> tuple[list[Tensor], Tensor]:
    """Jacobians and logits in the network's precision, in float64 where that one overflows."""
    selections, first = [one.selection for one in settings], settings[0]
    drawn = {one.form == "sampled" for one in settings}
    if len(drawn) > 1:
        raise ProxyrankError("the form sampled has passes of its own; ask for it alone")

    def run(subject: nn.Module) -> tuple[list[Tensor], Tensor]:
        directions = drawn_directions(first.draws, first.selection.seed) if True in drawn else None
        return fisher_jacobians(
            subject,
            x,
            selections,
            batch_classes=first.batch_classes,
            chunk=first.chunk,
            mode=first.mode,
            directions=directions,
        )

    jacobians, logits = run(network)
    finite = all(bool(torch.isfinite(part).all()) for part in (logits, *jacobians))
    if finite or logits.dtype == torch.float64:
        return jacobians, logits
    return run(deepcopy(network).double())


def _describe(
    prefix: str, jacobian: Tensor, logits: Tensor, labels: Tensor | None, form: Form
) -> dict[str, float]:
    matrix = fisher_matrix(jacobian, logits, form, labels)
    spectrum = eigenvalues(matrix)
    levels = deciles(spectrum)
    values = [
        *(float(level) for level in levels),
        decile_entropy(levels),
        float(matrix.trace()),
        float(spectrum[-1]),
        effective_rank(spectrum),
        cramer_rao_bound(spectrum),
    ]
    return {f"{prefix}_{name}": value for name, value in zip((*_SPECTRUM, *_EXTRA), values, strict=True)}

"""Condition number of the neural tangent kernel (TE-NAS)."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import psd_eigenvalues, rounding
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes


def tangent_kernel(passes: "Passes") -> "Tensor":
    """Gram matrix [B, B] of the images' gradients of the sum of their logits.

    With respect to every parameter with "weight" in its name (conv, linear, BatchNorm scales; no biases), in
    train mode, where BatchNorm makes each gradient run through the whole batch: B full backward passes, and
    no fewer (what an image sends to the others spans more dimensions after two norms than there are images).
    """
    import torch

    logits = passes.train_pass.logits
    weights = [p for name, p in passes.trainable.named_parameters() if "weight" in name]
    rows = torch.empty(len(logits), sum(w.numel() for w in weights), dtype=logits.dtype, device=logits.device)
    for row, output in zip(rows, logits, strict=True):
        slopes = torch.autograd.grad(output.sum(), weights, retain_graph=True, allow_unused=True)
        start = 0
        for weight, slope in zip(weights, slopes, strict=True):
            part = row[start : start + weight.numel()].view(weight.shape)
            part.zero_() if slope is None else part.copy_(slope)
            start += weight.numel()
    return rows @ rows.T


def condition_number(kernel: "Tensor") -> float:
    """Largest over smallest eigenvalue of a semidefinite matrix.

    Raises
    ------
    NotApplicableError
        If the smallest is zero: at most the kernel's size times the rounding of its precision times the
        largest.
    """
    values = psd_eigenvalues(kernel)
    if values[0] <= rounding(kernel.dtype, len(values)) * values[-1]:
        raise NotApplicableError("degenerate: singular kernel")
    return float(values[-1] / values[0])


def ntk(passes: "Passes") -> dict[str, float]:
    """Minus the condition number of `tangent_kernel`, so that larger is better."""
    return {"ntk": -condition_number(tangent_kernel(passes))}


PROXY = Proxy(
    name="ntk",
    compute=ntk,
    meaning="minus the condition number of the neural tangent kernel",
    paper="Chen et al., TE-NAS, ICLR 2021, arXiv 2102.11535",
    reads=("train_pass",),
    minimum_batch=2,
    cost=30.0,
)

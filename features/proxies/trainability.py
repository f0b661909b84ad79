"""Trainability of AZ-NAS: how far each block's Jacobian is from keeping the size of a gradient."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes

EPSILON = 1e-6
"""Of the published formula; a gain below it has no value."""


def spectral_norm(gradient_in: "Tensor", gradient_out: "Tensor") -> float:
    """Largest singular value of the mean over positions of (gradient at input) (gradient at output)^T.

    Parameters
    ----------
    gradient_in
        [B, C, H, W]; where its resolution is a multiple of the output's, pixels are folded into channels.
    gradient_out
        [B, C', H', W'].
    """
    import torch
    from torch.nn.functional import pixel_unshuffle

    size_in, size_out = gradient_in.shape[2:], gradient_out.shape[2:]
    factor = size_in[0] // size_out[0]
    if (size_out[0] * factor, size_out[1] * factor) != tuple(size_in):
        raise NotApplicableError(
            f"block maps {tuple(size_in)} pixels to {tuple(size_out)}, not a whole factor"
        )
    folded = pixel_unshuffle(gradient_in, factor) if factor > 1 else gradient_in
    rows_in = folded.permute(0, 2, 3, 1).reshape(-1, folded.shape[1])
    rows_out = gradient_out.permute(0, 2, 3, 1).reshape(-1, gradient_out.shape[1])
    matrix = rows_in.T @ rows_out / len(rows_out)
    return float(torch.linalg.svdvals(matrix)[0])


def trainability(passes: "Passes") -> dict[str, float]:
    """Mean over pairs of consecutive blocks of 2 - sigma - 1 / (sigma + 1e-6).

    sigma belongs to the gradient that random signs at the block's output send to its input. A network with a
    block that is the identity, or that sends nothing back, has no value: of the latter the published formula
    makes 2 - 1 / 1e-6, a number that says only what its epsilon is.
    """
    import torch

    blocks = passes.train_pass.blocks
    if len(blocks) < 2:
        raise NotApplicableError("fewer than two blocks with image features")
    signs = passes.signs()
    scores = []
    for before, after in zip(blocks[-2::-1], blocks[:0:-1], strict=True):
        sent = torch.empty_like(after).copy_(signs(tuple(after.shape)))
        (received,) = torch.autograd.grad(after, before, sent, retain_graph=True, allow_unused=True)
        if received is None:
            raise NotApplicableError("blocks are not a chain")
        if received.shape == sent.shape and bool((received == sent).all()):
            raise NotApplicableError("degenerate: identity cell")
        sigma = spectral_norm(received, sent)
        if sigma <= EPSILON:
            raise NotApplicableError("degenerate: a block sends no gradient back")
        scores.append(2.0 - sigma - 1.0 / (sigma + EPSILON))
    return {"trainability": sum(scores) / len(scores)}


PROXY = Proxy(
    name="trainability",
    compute=trainability,
    meaning="closeness of every block's backward gain to one",
    paper="Lee and Ham, AZ-NAS, CVPR 2024, arXiv 2403.19232",
    reads=("train_pass",),
    minimum_batch=2,
    cost=2.5,
    minimum_network="two blocks with image features, one after the other",
)

"""Jacobian of an untrained network's logits by a few scalars a parameter tensor."""

from typing import Literal

import torch
from torch import Tensor, nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.spectrum._forward import NoForwardModeError, forward_jacobian, is_cheaper
from proxyrank.features.spectrum._frozen import left_as_it_was
from proxyrank.features.spectrum._routes import Routes, find_routes
from proxyrank.features.spectrum._taps import Directions, tapped_jacobian
from proxyrank.features.spectrum.selection import Scalars, Selection

Mode = Literal["auto", "forward", "backward"]

CHUNK = 16
"""Samples a forward pass on the CPU: no slower than larger ones, and memory stays small."""


def fisher_jacobian(
    network: nn.Module,
    x: Tensor,
    selection: Selection | None = None,
    *,
    batch_classes: bool | None = None,
    chunk: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Jacobian of one selection; see `fisher_jacobians`.

    Returns
    -------
    jacobian, logits
        [B, K, d] in column order of the selection (the paper's by default) and [B, K].
    """
    (jacobian,), logits = fisher_jacobians(
        network, x, [selection or Selection()], batch_classes=batch_classes, chunk=chunk
    )
    return jacobian, logits


def fisher_jacobians(
    network: nn.Module,
    x: Tensor,
    selections: list[Selection],
    *,
    batch_classes: bool | None = None,
    chunk: int | None = None,
    mode: Mode = "auto",
    directions: Directions | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Differentiate every logit of every sample by the chosen scalars, network in eval mode.

    All selections are served by the same passes. The network, its mode, buffers, hooks and gradients and
    torch's global generators are left as they were.

    Parameters
    ----------
    network
        Maps images [B, ...] to logits [B, K], samples independent of one another in eval mode; the batch is
        dimension 0 of what its layers exchange. Parameters that are not, or not only, used by layers of
        `sensitivity.RULES` are differentiated one sample and one class at a time: exact, but slow.
    x
        Images [B, ...]; brought to the network's precision and device.
    selections
        The scalars of each Jacobian.
    batch_classes
        Run the backward passes of the classes as one batch: faster on a GPU, slower on a CPU. None decides
        by the device.
    chunk
        Samples a forward pass; changes memory and time, not the result. None: 16 on a CPU, else all.
    mode
        ``backward``: a backward pass per class, or per feature before the classifier where these are fewer;
        ``forward``: a pass of a tangent per scalar, exact to rounding too; ``auto`` counts which is cheaper.
    directions
        From logits [B, K] of a part of the samples to [B, m, K]: differentiate these combinations of the
        logits instead, by m backward passes.

    Returns
    -------
    jacobians, logits
        One [B, K, d] a selection, and [B, K]; detached, on the network's device.

    Raises
    ------
    NotApplicableError
        If the samples depend on one another in eval mode.
    NoForwardModeError
        If ``mode`` is ``forward`` and some operation has none.
    ProxyrankError
        If the network has no parameters or does not give logits, or the batch is empty.
    """
    wanted = [selection.scalars(network) for selection in selections]
    scalars = list(dict.fromkeys(scalar for one in wanted for scalar in one))
    parameter = next(network.parameters())
    precision = parameter.dtype if x.is_floating_point() else None
    x = x.detach().to(dtype=precision, device=parameter.device)
    if not len(x):
        raise ProxyrankError("the batch is empty")
    on_cpu = x.device.type == "cpu"
    batched = not on_cpu if batch_classes is None else batch_classes
    size = chunk or (CHUNK if on_cpu else len(x))
    with left_as_it_was(network):
        routes = find_routes(network, {name for name, _ in scalars}, x)
        parts = [
            _part(
                network,
                part.contiguous(memory_format=routes.memory_format),
                scalars,
                routes,
                batched,
                "backward" if directions else mode,
                directions,
            )
            for part in x.tensor_split(-(-len(x) // size))
        ]
    jacobian, logits = (torch.cat(part) for part in zip(*parts, strict=True))
    place = {scalar: column for column, scalar in enumerate(scalars)}
    columns = [[place[scalar] for scalar in one] for one in wanted]
    whole = list(range(len(scalars)))
    return [jacobian if one == whole else jacobian[:, :, one] for one in columns], logits


def _part(
    network: nn.Module,
    x: Tensor,
    scalars: Scalars,
    routes: Routes,
    batched: bool,
    mode: Mode,
    directions: Directions | None,
) -> tuple[Tensor, Tensor]:
    """Jacobian and logits of one chunk, by the cheaper way where that is left open."""
    if mode == "forward" or (mode == "auto" and is_cheaper(len(scalars), routes.passes)):
        try:
            return forward_jacobian(network, x, scalars, routes)
        except NoForwardModeError:
            if mode == "forward":
                raise
    return tapped_jacobian(network, x, scalars, routes, batched, directions)

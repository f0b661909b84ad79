"""Jacobian of the logits by a few scalars, exact, without the gradient of any weight.

A "tap" is a [B] zero that is added along the derivative of a layer's output by one chosen scalar, so the
gradient at the tap is a column of the Jacobian. In eval mode samples are independent: one backward pass a
class gives it for the whole batch. With K classes and F features before the classifier, min(K, F) passes do:
where F is smaller, the Jacobian of the features is multiplied by the classifier's weight and the classifier's
own scalars are analytic. A pass of few small samples costs a core more in calls than in arithmetic, so these
samples are repeated, and a pass then serves as many classes.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network._norms import RunningNorm, norms_as
from proxyrank.features.spectrum._routes import Routes
from proxyrank.features.spectrum._sensitivity import RULES, Sensitivity
from proxyrank.features.spectrum.selection import Scalars

Directions = Callable[[Tensor], Tensor]

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)

_ROWS = 4096
"""Most (sample, class) pairs of one batched backward pass."""

_LOOPED = 32 * 3 * 32 * 32
"""Most input numbers of a looped backward pass whose samples are repeated: more only cost memory."""

_CALLS = 3 * 3 * 32 * 32
"""What the calls of a pass cost on a core, in input numbers: about three small images (NAS-Bench-201)."""


class _Tap(torch.autograd.Function):
    """Pass a layer's output on; the gradient at ``tap`` [B, n] is that of the output, contracted n times."""

    @staticmethod
    def forward(ctx: Any, output: Tensor, tap: Tensor, sensitivities: list[Sensitivity]) -> Tensor:
        ctx.sensitivities = sensitivities
        # A copy, because what follows may work in place.
        return output.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        columns = [sensitivity.contract(gradients[0]) for sensitivity in ctx.sensitivities]
        return gradients[0], torch.stack(columns, dim=1), None


_apply_tap: Callable[[Tensor, Tensor, list[Sensitivity]], Tensor] = _Tap.apply


def tapped_jacobian(
    network: nn.Module,
    x: Tensor,
    scalars: Scalars,
    routes: Routes,
    batched: bool,
    directions: Directions | None = None,
) -> tuple[Tensor, Tensor]:
    """Jacobian [B, K, d] and logits [B, K] of one chunk of samples.

    Parameters
    ----------
    network
        In eval mode, no parameter asking for gradients.
    x
        The chunk.
    scalars
        The d chosen scalars, all different.
    routes
        What `find_routes` found for them.
    batched
        Run the backward passes as one batch.
    directions
        From logits to [B, m, K]: the Jacobian of these m combinations of the logits [B, m, d] instead.

    Raises
    ------
    NotApplicableError
        If dimension 0 of a tapped layer's output is not the batch.
    """
    head = routes.head if routes.head and routes.head.in_features < routes.head.out_features else None
    head = None if directions else head
    passes = head.in_features if head else routes.classes
    copies = 1 if batched or directions else _copies(x, passes)
    samples = torch.cat([x] * copies) if copies > 1 else x
    by_name = defaultdict(list)
    for column, (name, flat) in enumerate(scalars):
        if name not in routes.others:
            by_name[name].append((column, flat))
    plans = {
        layer: [(key, flat, column) for key, name in own.items() for column, flat in by_name[name]]
        for layer, own in routes.layers.items()
    }
    kinds = {layer: type(layer) for layer in plans}  # within the passes a norm may be of another
    taps: dict[nn.Module, Tensor] = {}
    features: list[Tensor] = []

    def tap(layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor | None:
        if layer is head:
            features.append(inputs[0])
            return None
        if len(output) != len(samples):
            raise NotApplicableError(
                f"dimension 0 of a {kinds[layer].__name__} layer's output is not the batch"
            )
        with torch.no_grad():
            rule = RULES[kinds[layer]][0]
            sensitivities = [rule(layer, inputs[0], output, key, flat) for key, flat, _ in plans[layer]]
        if layer not in taps:
            taps[layer] = output.new_zeros(len(samples), len(sensitivities), requires_grad=True)
        return _apply_tap(output, taps[layer], sensitivities)

    with ExitStack() as stack:
        for layer in {*(layer for layer, plan in plans.items() if plan), *([head] if head else [])}:
            stack.callback(layer.register_forward_hook(tap, prepend=True).remove)
        if x.device.type == "cpu":  # where it was measured
            stack.enter_context(norms_as(network, _NORMS, RunningNorm))
        logits: Tensor = network(samples)
        targets = features[0] if head else logits
        along = directions(logits.detach()) if directions else None
        if along is not None:
            targets = torch.einsum("bmk,bk->bm", along, logits)
        gradients = _gradients(targets, list(taps.values()), batched, copies)
    logits = logits[: len(x)].detach()
    jacobian = logits.new_zeros(len(x), targets.shape[1], len(scalars))
    for layer, gradient in zip(taps, gradients, strict=True):
        # A parameter of two layers has a tap at each, and their gradients add up.
        jacobian[:, :, [column for _, _, column in plans[layer]]] += gradient.transpose(0, 1)
    if head:
        jacobian = torch.einsum("kf,bfd->bkd", head.weight, jacobian)
        for key, flat, column in plans.get(head, []):
            if key == "bias":
                jacobian[:, flat, column] += 1
            else:
                out, source = divmod(flat, head.in_features)
                jacobian[:, out, column] += features[0][: len(x), source].detach()
    if routes.others:
        others = jacobian if along is None else logits.new_zeros(*logits.shape, len(scalars))
        differentiate_others(network, x, scalars, routes.others, others)
        if along is not None:
            jacobian += torch.einsum("bmk,bkd->bmd", along, others)
    return jacobian, logits


def _copies(x: Tensor, passes: int) -> int:
    """How often to repeat the samples, so that the forward pass and so many backward passes cost least."""
    if x.device.type != "cpu":
        return 1
    most = max(1, _LOOPED // x.numel())
    return min(range(1, most + 1), key=lambda n: (1 + math.ceil(passes / n)) * (n * x.numel() + _CALLS))


def _gradients(targets: Tensor, taps: list[Tensor], batched: bool, copies: int) -> list[Tensor]:
    """[T, B, n] a tap: gradients of each of the T targets, samples apart.

    Of ``copies`` times the B samples, one after the other, each copy serves targets of its own.
    """
    samples = len(targets) // copies
    if not taps or not targets.requires_grad:
        return [tap.new_zeros(targets.shape[1], samples, tap.shape[1]) for tap in taps]
    if batched:
        try:
            return _batched_gradients(targets, taps)
        except RuntimeError as error:
            # Some operation has no batching rule.
            if not any(sign in str(error) for sign in ("vmap", "atching rule")):
                raise
    return _looped_gradients(targets, taps, copies)


def _looped_gradients(targets: Tensor, taps: list[Tensor], copies: int) -> list[Tensor]:
    samples = len(targets) // copies
    rows = []
    for first in range(0, targets.shape[1], copies):
        columns = range(first, min(first + copies, targets.shape[1]))
        along = torch.zeros_like(targets)
        for copy, column in enumerate(columns):
            along[copy * samples : (copy + 1) * samples, column] = 1
        found = torch.autograd.grad(
            targets, taps, along, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        rows.append([tap.reshape(copies, samples, -1)[: len(columns)] for tap in found])
    return [torch.cat(column) for column in zip(*rows, strict=True)]


def _batched_gradients(targets: Tensor, taps: list[Tensor]) -> list[Tensor]:
    identity = torch.eye(targets.shape[1], dtype=targets.dtype, device=targets.device)
    rows = [
        torch.autograd.grad(
            targets,
            taps,
            directions[:, None, :].expand(-1, len(targets), -1),
            retain_graph=True,
            allow_unused=True,
            materialize_grads=True,
            is_grads_batched=True,
        )
        for directions in torch.split(identity, max(1, _ROWS // len(targets)))
    ]
    return [torch.cat(column) for column in zip(*rows, strict=True)]


def differentiate_others(
    network: nn.Module, x: Tensor, scalars: Scalars, names: set[str], jacobian: Tensor
) -> None:
    """Fill the columns of the named parameters, one sample and one class at a time."""
    parameters = {name: p for name, p in network.named_parameters() if name in names}
    columns = defaultdict(list)
    for column, (name, flat) in enumerate(scalars):
        if name in names:
            columns[name].append((column, flat))
    try:
        for parameter in parameters.values():
            parameter.requires_grad_(True)
        for b in range(len(x)):
            logits = network(x[b : b + 1]).reshape(-1)
            for k, logit in enumerate(logits):
                found = torch.autograd.grad(
                    logit,
                    list(parameters.values()),
                    retain_graph=k < len(logits) - 1,
                    allow_unused=True,
                    materialize_grads=True,
                )
                for name, gradient in zip(parameters, found, strict=True):
                    for column, flat in columns[name]:
                        jacobian[b, k, column] = gradient.reshape(-1)[flat]
    finally:
        for parameter in parameters.values():
            parameter.requires_grad_(False)

"""Jacobian of the logits by a few scalars in forward mode: a pass per scalar, however many classes.

A scalar moves the output of its layer along a known direction (`_sensitivity`); that tangent goes through
what lies behind the layer. Scalars go in groups by depth, so that what lies before the first layer of a group
runs without tangents, and a group's tangents run as one batch.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.common.memory import is_out_of_memory
from proxyrank.features.spectrum._routes import Routes
from proxyrank.features.spectrum._sensitivity import RULES, Sensitivity
from proxyrank.features.spectrum._taps import differentiate_others
from proxyrank.features.spectrum.selection import Scalars

TANGENTS = 8
"""Scalars a group."""

PASSES = 256
"""Backward passes from which on forward mode is looked at; below, values recorded before keep their bits."""


class NoForwardModeError(RuntimeError):
    """Some operation of a network has no forward mode, or none for a batch of tangents."""


Plan = dict[nn.Module, list[tuple[str, int, int]]]
"""Layer -> parameter's own name, flat index and column of each of its scalars."""


def is_cheaper(scalars: int, passes: int) -> bool:
    """Whether a pass per scalar costs less than backward passes over classes or features.

    A tangent's pass and a backward pass cost about the same on the layers that they cross.
    """
    return passes >= PASSES and scalars < passes


def forward_jacobian(
    network: nn.Module, x: Tensor, scalars: Scalars, routes: Routes
) -> tuple[Tensor, Tensor]:
    """Jacobian [B, K, d] and logits [B, K] of one chunk of samples.

    Parameters
    ----------
    network
        In eval mode, no parameter asking for gradients.
    x, scalars, routes
        As for `tapped_jacobian`.

    Raises
    ------
    NotApplicableError
        If dimension 0 of a tapped layer's output is not the batch.
    NoForwardModeError
        If some operation of the network has no forward mode.
    RuntimeError
        If the memory is not enough.
    """
    with torch.no_grad():
        logits: Tensor = network(x)
    jacobian = logits.new_zeros(len(x), logits.shape[1], len(scalars))
    for plan in _groups(scalars, routes):
        columns = _columns(plan)
        move = partial(_stepped, network, x, plan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, when it loads forward mode
            try:
                moved = torch.func.jacfwd(move)(logits.new_zeros(len(columns)))
            except RuntimeError as error:  # the network has just run without tangents
                if is_out_of_memory(error):
                    raise
                raise NoForwardModeError(str(error)) from error
        jacobian[:, :, columns] = moved.detach()
    if routes.others:
        differentiate_others(network, x, scalars, routes.others, jacobian)
    return jacobian, logits


def _columns(plan: Plan) -> list[int]:
    return list(dict.fromkeys(column for own in plan.values() for _, _, column in own))


def _groups(scalars: Scalars, routes: Routes) -> Iterator[Plan]:
    """Scalars in groups, from the input on; those of a layer that is used at several places stay together."""
    by_name = defaultdict(list)
    for column, (name, flat) in enumerate(scalars):
        if name not in routes.others:
            by_name[name].append((column, flat))
    shared = defaultdict(list)
    for layer, own in routes.layers.items():
        for name in own.values():
            shared[name].append(layer)
    group: Plan = {}
    done: set[str] = set()
    count = 0
    for own in routes.layers.values():
        for name in own.values():
            if name in done:
                continue
            done.add(name)
            for layer in shared[name]:  # a parameter of two layers moves both at once
                key = next(key for key, other in routes.layers[layer].items() if other == name)
                group.setdefault(layer, []).extend((key, flat, column) for column, flat in by_name[name])
            count += len(by_name[name])
            if count >= TANGENTS:
                yield group
                group, count = {}, 0
    if count:
        yield group


def _stepped(network: nn.Module, x: Tensor, plan: Plan, steps: Tensor) -> Tensor:
    """Logits where each scalar of the plan is moved by a small step (one of ``steps``, in column order)."""
    place = {column: i for i, column in enumerate(_columns(plan))}

    def move(layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
        if len(output) != len(x):
            raise NotApplicableError(
                f"dimension 0 of a {type(layer).__name__} layer's output is not the batch"
            )
        rule = RULES[type(layer)][0]
        for key, flat, column in plan[layer]:
            output = output + steps[place[column]] * _direction(
                rule(layer, inputs[0], output, key, flat), output
            )
        return output

    with ExitStack() as stack:
        for layer in plan:
            stack.callback(layer.register_forward_hook(move, prepend=True).remove)
        logits: Tensor = network(x)
    return logits


def _direction(sensitivity: Sensitivity, output: Tensor) -> Tensor:
    """Derivative of a layer's output by one scalar, in the shape of the output."""
    flat = output.flatten(-sensitivity.merge) if sensitivity.merge > 1 else output
    size = flat.shape[sensitivity.dim]
    one = torch.nn.functional.one_hot(torch.tensor(sensitivity.index), size).to(output)
    shape = [1] * flat.dim()
    shape[sensitivity.dim] = size
    channel = one.reshape(shape)
    if sensitivity.values is not None:
        channel = channel * sensitivity.values.unsqueeze(sensitivity.dim)
    return channel.expand(flat.shape).reshape(output.shape)

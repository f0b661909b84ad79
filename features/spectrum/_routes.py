"""Which layers of a network to tap: found by running it once on two samples."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.spectrum._sensitivity import RULES


@dataclass
class Routes:
    """How the chosen parameters act on the logits.

    Attributes
    ----------
    layers
        Layers to tap, each with the chosen parameters it owns: own name -> name in the network.
    others
        Chosen parameters with any use that no rule of `sensitivity.RULES` covers.
    head
        The linear layer, used once, that maps [B, F] features to the logits; None where there is none.
    memory_format
        Layout of the images that the network runs with.
    classes
        Logits of a sample.
    """

    layers: dict[nn.Module, dict[str, str]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    head: nn.Linear | None = None
    memory_format: torch.memory_format = torch.contiguous_format
    classes: int = 0

    @property
    def passes(self) -> int:
        """Backward passes: classes, or features before the classifier where these are fewer."""
        return min(self.classes, self.head.in_features) if self.head else self.classes


class _ForeignUses(TorchFunctionMode):
    """Note every chosen parameter that is read outside the forward of the layer that owns it."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self._names = names
        self.expected: list[set[int]] = []
        self.found: set[str] = set()

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        expected = self.expected[-1] if self.expected else set()
        used = {id(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        foreign = [self._names[i] for i in used - expected if i in self._names]
        # Reading a shape, a dtype or a device is no use of the values.
        if foreign and any(isinstance(leaf, Tensor) for leaf in tree_leaves(result)):
            self.found.update(foreign)
        return result


def find_routes(network: nn.Module, names: set[str], x: Tensor) -> Routes:
    """Run the network, in eval mode and without gradients, on the first two samples of ``x``.

    Parameters
    ----------
    network
        Any module, already in eval mode.
    names
        Names of the chosen parameters.
    x
        Images [B, ...].

    Raises
    ------
    NotApplicableError
        If a BatchNorm without running statistics makes the samples depend on one another.
    ProxyrankError
        If the output is not a tensor [B, K].
    """
    for name, module in network.named_modules():
        if isinstance(module, _BatchNorm) and module.running_mean is None:
            raise NotApplicableError(f"samples are not independent: {name} has no running statistics")
    sample = x[:2]
    if x.device.type == "cpu" and x.dim() == 4:
        # Convolutions and pooling of few channels are faster so; a `view` in the network may not allow it.
        try:
            return _find(network, names, sample, torch.channels_last)
        except RuntimeError:
            pass
    return _find(network, names, sample, torch.contiguous_format)


def _find(network: nn.Module, names: set[str], x: Tensor, memory_format: torch.memory_format) -> Routes:
    x = x.contiguous(memory_format=memory_format)
    chosen = {id(p): name for name, p in network.named_parameters() if name in names}
    routes = Routes(memory_format=memory_format)
    uses = _ForeignUses(chosen)
    last: list[tuple[nn.Linear, Tensor]] = []

    def enter(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        uses.expected.append({id(p) for p in layer.parameters(recurse=False)})

    def leave(layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        uses.expected.pop()
        if isinstance(layer, nn.Linear):
            last.append((layer, output))
        given = inputs[0] if inputs else None
        dimensions = RULES[type(layer)][1]
        samples = (
            isinstance(given, Tensor) and given.dim() >= dimensions and len(given) == len(output) == len(x)
        )
        if not samples or (isinstance(layer, nn.LayerNorm) and output.dim() <= len(layer.normalized_shape)):
            routes.others.update(routes.layers.get(layer, {}).values())

    with ExitStack() as stack:
        for module in network.modules():
            own = {key: chosen[id(p)] for key, p in module.named_parameters(recurse=False) if id(p) in chosen}
            if type(module) not in RULES:
                routes.others.update(own.values())
                continue
            if own:
                routes.layers[module] = own
            if own or type(module) is nn.Linear:
                stack.callback(module.register_forward_pre_hook(enter).remove)
                stack.callback(module.register_forward_hook(leave, prepend=True).remove)
        with torch.no_grad(), uses:
            logits = network(x)
    if not isinstance(logits, Tensor) or logits.dim() != 2 or len(logits) != len(x):
        got = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise NotApplicableError(f"the network must map {list(x.shape)} to logits [{len(x)}, K], got {got}")
    routes.others |= uses.found
    routes.classes = logits.shape[1]
    heads = [layer for layer, output in last if output is logits]
    if heads and sum(layer is heads[0] for layer, _ in last) == 1:
        routes.head = heads[0]
    return routes

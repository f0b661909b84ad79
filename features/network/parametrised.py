"""Weights that are computed from other parameters: weight norm, spectral norm and their kind.

A network is scored as it computes: a computed weight stands in it as an ordinary parameter, at the place
where its layer had one before it was parametrised. So ``weight_norm(conv)`` scores as a ``conv`` with these
weights.
"""

from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, remove_spectral_norm, remove_weight_norm
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from proxyrank.common.errors import NotApplicableError

_EVALUATIONS = 100
"""Most evaluations of a weight whose computation carries a state (power iteration)."""


def modernise(network: nn.Module) -> None:
    """Turn the hooks of `nn.utils.weight_norm` and `spectral_norm` into parametrisations, in place."""
    for module in list(network.modules()):
        for hook in list(module._forward_pre_hooks.values()):
            if isinstance(hook, WeightNorm):
                remove_weight_norm(module, hook.name)
                _to_front(module, hook.name)
                parametrizations.weight_norm(module, hook.name, hook.dim)
            elif isinstance(hook, SpectralNorm):
                own = nn.Parameter(getattr(module, f"{hook.name}_orig").detach())
                remove_spectral_norm(module, hook.name)
                setattr(module, hook.name, own)
                _to_front(module, hook.name)
                parametrizations.spectral_norm(module, hook.name, hook.n_power_iterations, hook.eps, hook.dim)


def own_tensors(network: nn.Module) -> Iterator[tuple[nn.Module, str]]:
    """Owner and name of every parameter, in the order of `folded(network).parameters()`.

    A computed weight is one of them; those that it is computed from are not. Shared ones come once.
    """
    seen: set[int] = set()
    carriers = {
        id(part)
        for module in network.modules()
        if parametrize.is_parametrized(module)
        for part in module.parametrizations.modules()  # type: ignore[union-attr]
    }
    for module in network.modules():
        if id(module) in carriers:
            continue
        yield from ((module, name) for name in _computed(module))
        for name, parameter in module.named_parameters(recurse=False):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                yield module, name


def assign(module: nn.Module, name: str, values: Tensor) -> None:
    """Set a parameter or computed weight; the latter to what its computation makes of the values.

    Raises
    ------
    NotApplicableError
        If a computation has no inverse or takes no such values.
    """
    with torch.no_grad():
        if name not in _computed(module):
            getattr(module, name).copy_(values)
            return
        current = getattr(module, name)
        try:
            setattr(module, name, values.to(current))
        except (RuntimeError, ValueError) as error:  # no inverse is a RuntimeError too
            how = type(module.parametrizations[name][0]).__name__  # type: ignore[index]
            raise NotApplicableError(f"parametrised weight: {how} takes no drawn weights") from error
        _settle(module, name)


def folded(network: nn.Module) -> nn.Module:
    """The network itself or, where it has computed weights, a copy with ordinary ones of the same values."""
    if not any(_computed(module) for module in network.modules()):
        return network
    network = deepcopy(network)
    for module in list(network.modules()):
        for name in _computed(module):
            module.parametrizations[name].eval()  # type: ignore[index, union-attr]
            value = nn.Parameter(getattr(module, name).detach().clone())
            parametrize.remove_parametrizations(module, name, leave_parametrized=True)
            delattr(module, name)
            setattr(module, name, value)
            _to_front(module, name)
    return network


def _computed(module: nn.Module) -> list[str]:
    return list(module.parametrizations) if parametrize.is_parametrized(module) else []  # type: ignore[arg-type]


def _settle(module: nn.Module, name: str) -> None:
    """Evaluate a weight until it stays: a power iteration starts from the values before."""
    for part in module.parametrizations[name].modules():  # type: ignore[index, union-attr]
        part.train()
    before = getattr(module, name)
    for _ in range(_EVALUATIONS):
        now = getattr(module, name)
        if torch.equal(now, before):
            return
        before = now


def _to_front(module: nn.Module, name: str) -> None:
    """Let a parameter come first, as the weight of every layer of torch does."""
    own = module._parameters
    module._parameters = {name: own.pop(name), **own}

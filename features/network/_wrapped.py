"""Modules around a network that change where or how it runs, not what it computes."""

from torch import nn
from torch.nn.parallel import DistributedDataParallel


def unwrapped(network: nn.Module) -> nn.Module:
    """The network without `nn.DataParallel`, `DistributedDataParallel` and `torch.compile`, inside it too.

    Hooks of the wrapper on its output go to what it wraps; children are replaced in place.
    """
    while (inner := _inner(network)) is not None:
        inner._forward_hooks.update(network._forward_hooks)
        network = inner
    for name, child in network.named_children():
        if (bare := unwrapped(child)) is not child:
            setattr(network, name, bare)
    return network


def _inner(module: nn.Module) -> nn.Module | None:
    if isinstance(module, nn.DataParallel | DistributedDataParallel):
        found = module.module
    else:  # torch.compile, whose class cannot be named without importing all of it
        found = getattr(module, "_orig_mod", None)
    return found if isinstance(found, nn.Module) else None

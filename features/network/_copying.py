"""Copies of modules, faster than `copy.deepcopy` where there are but tensors and plain values to copy."""

from collections import OrderedDict
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

_PLAIN = (bool, int, float, str, type(None), torch.dtype, torch.device)
_REGISTERED = ("_parameters", "_buffers", "_modules")


def copy_of(network: nn.Module) -> nn.Module:
    """Copy a network; it shares nothing with the original.

    Where a module holds anything besides parameters, buffers, modules and plain values (a hook, a tensor of
    its own, a function), or two tensors share memory, this is `copy.deepcopy`.
    """
    return _copy(network, {}) if _is_simple(network) else deepcopy(network)


def _is_simple(network: nn.Module) -> bool:
    """Whether `_copy` does for this network."""
    if any(hasattr(type(module), "__deepcopy__") for module in network.modules()):
        return False
    own = (value for m in network.modules() for name, value in vars(m).items() if name not in _REGISTERED)
    if not all(map(_is_plain, own)):
        return False
    tensors = [*network.parameters(), *network.buffers()]
    if not all(map(_is_simple_tensor, tensors)):
        return False
    places = [place for tensor in tensors if (place := tensor.untyped_storage().data_ptr())]
    return len(places) == len(set(places))


def _is_simple_tensor(tensor: Tensor) -> bool:
    return (
        type(tensor) in (nn.Parameter, Tensor)
        and tensor.layout is torch.strided
        and tensor.is_leaf
        and tensor.grad is None
        and not tensor._backward_hooks
        and not vars(tensor)
    )


def _is_plain(value: Any) -> bool:
    if type(value) in (dict, OrderedDict):
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
    if type(value) is tuple:  # kept as it is, so nothing in it may change
        return all(isinstance(item, _PLAIN) for item in value)
    return all(map(_is_plain, value)) if type(value) in (list, set) else isinstance(value, _PLAIN)


def _copy(module: nn.Module, copies: dict[int, Any]) -> Any:
    """Copy of a module; ``copies`` holds those of modules and tensors met before, by identity."""
    if id(module) in copies:
        return copies[id(module)]
    found = copies[id(module)] = type(module).__new__(type(module))
    for name, value in vars(module).items():
        if name == "_modules":
            value = {key: None if child is None else _copy(child, copies) for key, child in value.items()}
        elif name in _REGISTERED:
            value = {key: _copy_tensor(tensor, copies) for key, tensor in value.items()}
        else:
            value = _copy_plain(value)
        found.__dict__[name] = value
    return found


def _copy_tensor(tensor: Tensor | None, copies: dict[int, Any]) -> Tensor | None:
    if tensor is None:
        return None
    if id(tensor) not in copies:
        clone = tensor.detach().clone()
        is_parameter = isinstance(tensor, nn.Parameter)
        copies[id(tensor)] = nn.Parameter(clone, tensor.requires_grad) if is_parameter else clone
    found: Tensor = copies[id(tensor)]
    return found


def _copy_plain(value: Any) -> Any:
    """Containers anew, of the same type, throughout."""
    if isinstance(value, dict):
        return type(value)((key, _copy_plain(item)) for key, item in value.items())
    return type(value)(map(_copy_plain, value)) if isinstance(value, list | set) else value

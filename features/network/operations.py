"""What a network computes, seen operation by operation instead of by the types of its modules.

torch tells a dispatch mode every operation that runs, whether a module, a function or a method asked for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

_ATEN = torch.ops.aten

_RECTIFIERS = {
    _ATEN.relu,
    _ATEN.relu_,
    _ATEN.leaky_relu,
    _ATEN.leaky_relu_,
    _ATEN._prelu_kernel,
    _ATEN.rrelu_with_noise,
    _ATEN.rrelu_with_noise_,
}
_BOUNDED = {
    _ATEN.hardtanh,
    _ATEN.hardtanh_,
    _ATEN.clamp,
    _ATEN.clamp_,
    _ATEN.clamp_min,
    _ATEN.clamp_min_,
    _ATEN.threshold,
    _ATEN.threshold_,
}
"""Rectifiers where their first bound is zero."""

PRODUCTS = frozenset(
    {
        torch.conv1d,
        torch.conv2d,
        torch.conv3d,
        torch.conv_transpose1d,
        torch.conv_transpose2d,
        torch.conv_transpose3d,
        functional.linear,
    }
)
"""Convolutions and linear maps, as functions."""

_ACTIVATION_NAMES = (
    *("relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "prelu", "rrelu", "threshold", "hardtanh"),
    *("elu", "celu", "selu", "gelu", "silu", "mish", "hardswish", "softplus", "sigmoid", "tanh"),
)
ACTIVATIONS = frozenset(
    getattr(place, name)
    for name in _ACTIVATION_NAMES
    for place in (functional, torch, Tensor)
    if hasattr(place, name)
)
"""What modules of `torch.nn` do between two products, as functions and methods."""


def _is_rectifier(operation: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
    if operation in _BOUNDED:
        bound = arguments[1] if len(arguments) > 1 else named.get("min", named.get("min_val"))
        return isinstance(bound, (int, float)) and bound == 0
    return operation in _RECTIFIERS


class Rectifiers(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within the block, tell listeners of every operation that is linear on either side of zero.

    ReLU, ReLU6, leaky, parametric and randomised ReLU, and clamping or thresholding at zero; not those with a
    smooth bend (GELU, SiLU), whose input's sign says little.

    Parameters
    ----------
    before
        Called with the input, before it may be overwritten.
    after
        Called with the output.
    """

    def __init__(
        self, before: Callable[[Tensor], None] | None = None, after: Callable[[Tensor], None] | None = None
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._before, self._after = before, after

    def __torch_dispatch__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation."""
        named = kwargs or {}
        found = _is_rectifier(getattr(func, "overloadpacket", None), args, named)
        if found and self._before is not None:
            self._before(args[0])
        result = func(*args, **named)
        if found and self._after is not None:
            self._after(result)
        return result


class FunctionOutputs(TorchFunctionMode):
    """Within the block, hand outputs of some functions to listeners and pass on what these return.

    Functions that modules of torch call are seen too, but not the projections inside `nn.MultiheadAttention`,
    which is one function to torch.

    Parameters
    ----------
    listeners
        By function.
    """

    def __init__(self, listeners: Mapping[Any, Callable[[Tensor], Tensor]]) -> None:
        super().__init__()
        self._listeners = listeners

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one function."""
        result = func(*args, **(kwargs or {}))
        listener = self._listeners.get(func)
        return result if listener is None else listener(result)


class MultiplyAccumulates(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within the block, count the multiply-accumulates of all products, and one per output with a bias.

    Products are those of `torch.utils.flop_counter`: convolutions of every kind, matrix products, attention.
    Run it in inference mode, where a linear map is still one operation with its bias.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total = 0

    def __torch_dispatch__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation, or the ones that it is made of."""
        named = kwargs or {}
        operation = getattr(func, "overloadpacket", None)
        if operation is _ATEN.linear:
            result = func(*args, **named)
            weight, bias = args[1], args[2] if len(args) > 2 else named.get("bias")
            self.total += args[0].numel() * (weight.shape[0] if weight.dim() > 1 else 1)
            self.total += result.numel() if bias is not None else 0
            return result
        if operation not in flop_registry:
            with self:
                result = func.decompose(*args, **named) if hasattr(func, "decompose") else NotImplemented
            return func(*args, **named) if result is NotImplemented else result
        result = func(*args, **named)
        self.total += flop_registry[operation](*args, **named, out_val=result) // 2
        if operation is _ATEN.addmm or (operation is _ATEN.convolution and args[2] is not None):
            self.total += result.numel()
        return result


@contextmanager
def recurrence_as_products() -> Iterator[None]:
    """Let LSTMs run as products, which oneDNN's single operation hides."""
    enabled = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.set_flags(False, _fp32_precision=None)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(enabled, _fp32_precision=None)  # type: ignore[no-untyped-call]


@contextmanager
def attention_as_products() -> Iterator[None]:
    """Let attention run as products and softmax: differentiable in every mode and order, and countable."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


_ELEMENTARY: Mapping[Any, Callable[[Tensor], Tensor]] = {
    functional.silu: lambda x: x * torch.sigmoid(x),
    functional.hardsigmoid: lambda x: functional.relu6(x + 3) / 6,
}


class Elementary(TorchFunctionMode):
    """Within the block, activations whose derivatives torch cannot take forwards are made of others."""

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one function."""
        simple = _ELEMENTARY.get(func)
        return func(*args, **(kwargs or {})) if simple is None else simple(args[0])

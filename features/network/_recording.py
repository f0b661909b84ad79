"""Hooks and listeners that write down what passes through a network, and what its blocks are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from proxyrank.features.network.operations import ACTIVATIONS, Rectifiers

T = TypeVar("T")

_EXACT = 2**24
"""Float32 counts whole numbers exactly up to here."""


@contextmanager
def recorded(hooks: Sequence[RemovableHandle]) -> Iterator[None]:
    """Keep hooks for the length of a block only."""
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


class Outputs:
    """Listener that keeps tensors as they were when they came by.

    Parameters
    ----------
    apart
        Pass on copies, so that what runs later in place cannot overwrite what is kept.
    """

    def __init__(self, *, apart: bool = False) -> None:
        self.outputs: list[Tensor] = []
        self._apart = apart
        self._versions: list[int] = []

    @property
    def overwritten(self) -> bool:
        """Whether a tensor was changed in place after it had been kept."""
        versions = (output._version for output in self.outputs)
        return any(now != then for now, then in zip(versions, self._versions, strict=True))

    def __call__(self, output: Tensor) -> Tensor:
        """Keep one tensor and pass it on."""
        self.outputs.append(output)
        self._versions.append(output._version)
        return output.clone() if self._apart else output

    def clear(self) -> None:
        """Forget everything."""
        self.outputs.clear()
        self._versions.clear()


def unspoilt(record: Callable[[bool], tuple[T, Sequence[Outputs]]]) -> T:
    """What a recording gives, made again with copies if operations in place overwrote something.

    Parameters
    ----------
    record
        From ``apart`` of its `Outputs` to its result and these.
    """
    result, kept = record(False)
    return record(True)[0] if any(outputs.overwritten for outputs in kept) else result


@contextmanager
def told(modules: Iterable[nn.Module], tell: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Within the block, tell of the output of every call of the modules and of rectifiers that are none.

    Without gradients: what a rectifier gives is told as it comes from torch's kernels.
    """
    newest: list[Tensor] = []

    def rectified(output: Tensor) -> None:
        newest[:] = [output]
        tell(output)

    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
        if not isinstance(output, Tensor) or (_is_leaf(module) and _same(newest, output)):
            return None
        return tell(output)

    with recorded([module.register_forward_hook(hook) for module in modules]), Rectifiers(after=rectified):
        yield


def _is_leaf(module: nn.Module) -> bool:
    return next(module.children(), None) is None


def _same(newest: list[Tensor], output: Tensor) -> bool:
    """Whether a module gives the rectifier's output that was told last."""
    return bool(newest) and newest[0].shape == output.shape and newest[0].data_ptr() == output.data_ptr()


def is_image(output: Tensor) -> bool:
    """Whether a tensor [B, C, H, W] has more than one position per channel."""
    return output.dim() == 4 and output[0, 0].numel() > 1


class CodeAgreement:
    """Listener of rectifiers: counts, for each pair of images, the units on which their codes agree.

    The code of an image has a bit a unit, 1 where the input of the ReLU is positive. The count over a layer
    of n units is c c' + (1 - c)(1 - c') = n - |c| - |c'| + 2 c c', whole numbers that float arithmetic
    carries exactly.
    """

    def __init__(self) -> None:
        self._sum: np.ndarray | None = None
        self.length = 0

    @property
    def matrix(self) -> np.ndarray:
        """[B, B] counts; empty where no ReLU ran."""
        return np.zeros((0, 0)) if self._sum is None else self._sum

    def __call__(self, x: Tensor) -> None:
        """Add the inputs of one rectifier."""
        on = (x.detach() > 0).flatten(1)
        units = on.shape[1]
        code = on.to(torch.float32 if units <= _EXACT else torch.float64)
        both = (code @ code.T).double().cpu().numpy()
        size = np.diag(both)
        agreement = units - size[:, None] - size[None, :] + 2.0 * both
        self._sum = agreement if self._sum is None else self._sum + agreement
        self.length += units


@contextmanager
def blocks_told(
    network: nn.Module, tell: Callable[[Tensor], Tensor]
) -> Iterator[dict[Any, Callable[[Tensor], Tensor]]]:
    """Tell of the outputs of the network's blocks, and give listeners for `FunctionOutputs`.

    An activation that is written as a function between the direct children of a module stands for a child.
    """
    blocks, as_children = _blocks_of(network)
    inside = 0

    def enter(module: nn.Module, inputs: object) -> None:
        nonlocal inside
        inside += 1

    def leave(module: nn.Module, inputs: object, output: object) -> Tensor | None:
        nonlocal inside
        inside -= 1
        return tell(output) if isinstance(output, Tensor) and inside == 0 else None

    def between(output: Tensor) -> Tensor:
        return output if inside else tell(output)

    hooks = [block.register_forward_pre_hook(enter) for block in blocks]
    hooks += [block.register_forward_hook(leave) for block in blocks]
    with recorded(hooks):
        yield dict.fromkeys(ACTIVATIONS, between) if as_children else {}


def _blocks_of(network: nn.Module) -> tuple[list[nn.Module], bool]:
    """Modules whose outputs are the features f_0..f_n of AZ-NAS; whether they are direct children.

    A network that has ``stem`` and ``blocks`` (a sequence of modules) is taken at its word. Of any other
    module the direct children are taken (of a lone container, its children), in the order in which they run.
    Only outputs of four dimensions count.
    """
    stem, blocks = getattr(network, "stem", None), getattr(network, "blocks", None)
    if isinstance(stem, nn.Module) and isinstance(blocks, (nn.Sequential, nn.ModuleList)):
        return [stem, *blocks], False
    children = list(network.children())
    while len(children) == 1 and isinstance(children[0], (nn.Sequential, nn.ModuleList)):
        children = list(children[0].children())
    return children, True

"""Hooks that write down what passes through a network, and the rule for which modules are its blocks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from proxyrank.common.errors import NotApplicableError

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


class LayerOutputs:
    """Forward hook that keeps the output tensor of every call."""

    def __init__(self) -> None:
        self.outputs: list[Tensor] = []

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        """Keep one output."""
        if isinstance(output, Tensor):
            self.outputs.append(output)


class LastImage:
    """Forward hook that keeps the last output that has pixels: more than one position a channel."""

    def __init__(self) -> None:
        self._output: Tensor | None = None

    @property
    def last(self) -> Tensor:
        """Output [B, C, H, W].

        Raises
        ------
        NotApplicableError
            If none came by.
        """
        if self._output is None:
            raise NotApplicableError("no image-shaped features")
        return self._output

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        """Keep one output in place of the one before."""
        if isinstance(output, Tensor) and output.dim() == 4 and output[0, 0].numel() > 1:
            self._output = output


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


def blocks_of(network: nn.Module) -> list[nn.Module]:
    """List the modules whose outputs are the features f_0..f_n of AZ-NAS.

    A network that has ``stem`` and ``blocks`` (a sequence of modules) is taken at its word. Of any other
    module the direct children are taken (of a lone container, its children), in the order in which they run.
    Only outputs of four dimensions count.
    """
    stem, blocks = getattr(network, "stem", None), getattr(network, "blocks", None)
    if isinstance(stem, nn.Module) and isinstance(blocks, (nn.Sequential, nn.ModuleList)):
        return [stem, *blocks]
    children = list(network.children())
    while len(children) == 1 and isinstance(children[0], (nn.Sequential, nn.ModuleList)):
        children = list(children[0].children())
    return children

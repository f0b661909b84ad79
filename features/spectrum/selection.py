"""Which scalars of a network enter the Fisher matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.common.seeds import derive_rng

Scalars = list[tuple[str, int]]
"""Parameter name and flat index of each chosen scalar, in column order."""


@dataclass(frozen=True)
class Selection:
    """A few scalars of each of the first parameter tensors (arXiv 2502.04975, section 3.3, tables 8 and 9).

    Attributes
    ----------
    tensors
        How many parameter tensors, from the input on; a negative ``-m`` means the first (number of tensors)
        // m. A smaller network gives all it has.
    weights
        Scalars a tensor. More than one are spread evenly from the first entry to the last, truncated to
        whole positions; in a tensor of fewer entries some repeat, as in the published code.
    position
        Where the scalar lies when there is one a tensor: 0 the first entry, 1 the last; or ``"random"``, for
        any number of weights, drawn by ``seed`` and the place of the tensor.
    seed
        Seed of the random positions.
    drawn
        Draw the tensors at random among all, anew for every number of tensors, instead of taking the first
        (the published search code).
    """

    tensors: int = 128
    weights: int = 1
    position: float | Literal["random"] = 0.0
    seed: int = 0
    drawn: bool = False

    def __post_init__(self) -> None:
        if self.tensors == 0:
            raise ProxyrankError("the number of parameter tensors must not be 0")
        if self.weights < 1:
            raise ProxyrankError(f"weights a tensor must be at least 1, got {self.weights}")
        if self.position != "random" and not 0 <= float(self.position) <= 1:
            raise ProxyrankError(f"position must be from 0 to 1 or 'random', got {self.position}")
        if self.weights > 1 and self.position not in ("random", 0):
            raise ProxyrankError("a position goes with one weight a tensor; several are spread evenly")

    def scalars(self, network: nn.Module) -> Scalars:
        """List the chosen scalars, tensor by tensor in parameter order.

        Raises
        ------
        ProxyrankError
            If the network has no parameters.
        """
        parameters = list(network.named_parameters())
        if not parameters:
            raise ProxyrankError("the network has no parameters")
        count = self.tensors if self.tensors > 0 else len(parameters) // -self.tensors
        return [
            (name, index)
            for place, (name, parameter) in self._chosen(parameters, count)
            for index in self._indices(parameter.numel(), place)
        ]

    def _chosen(
        self, parameters: list[tuple[str, nn.Parameter]], count: int
    ) -> list[tuple[int, tuple[str, nn.Parameter]]]:
        """Places and tensors, in the order of the network."""
        places = list(range(min(count, len(parameters))))
        if self.drawn and count < len(parameters):
            rng = derive_rng("fisher tensors", self.seed, len(parameters))
            places = sorted(rng.choice(len(parameters), size=count, replace=False).tolist())
        return [(place, parameters[place]) for place in places]

    def _indices(self, size: int, place: int) -> Sequence[int]:
        if self.position == "random":
            rng = derive_rng("fisher position", self.seed, place)
            return sorted(int(i) for i in rng.choice(size, size=self.weights, replace=self.weights > size))
        if self.weights == 1:
            return [int(float(self.position) * (size - 1))]
        # torch's float32 linspace, as published: another one may truncate to a neighbour.
        return [int(i) for i in torch.linspace(0, size - 1, self.weights, dtype=torch.float32)]

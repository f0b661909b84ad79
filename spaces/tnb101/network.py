"""The 64-41414 network of TransNAS-Bench-101 in torch, with a linear classifier (scene and object tasks)."""

import torch
from torch import Tensor, nn

from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb201.cell import CONV1, CONV3, EDGES, SKIP, Cell
from proxyrank.spaces.nb201.network import relu_conv_bn
from proxyrank.spaces.strided import FactorizedReduce, Zero
from proxyrank.spaces.tnb101.sizes import STEM, features, places, require_halvings


def _operation(op: str, inputs: int, outputs: int, stride: int) -> nn.Module:
    if op in (CONV1, CONV3):
        return relu_conv_bn(inputs, outputs, 3 if op == CONV3 else 1, stride)
    if op == SKIP:
        return nn.Identity() if stride == 1 else FactorizedReduce(inputs, outputs)
    return Zero(inputs, outputs, stride)


class CellBlock(nn.Module):
    """One cell; edges that leave the input change channels and size, every node is a sum."""

    def __init__(self, cell: Cell, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.edges = nn.ModuleList(
            _operation(op, outputs if source else inputs, outputs, 1 if source else stride)
            for (source, _), op in zip(EDGES, cell, strict=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, inputs, H, W] to [B, outputs, H / stride, W / stride]."""
        nodes = {0: x}
        for (source, target), operation in zip(EDGES, self.edges, strict=True):
            value = operation(nodes[source])
            nodes[target] = nodes[target] + value if target in nodes else value
        return nodes[EDGES[-1][1]]


class TNB101Network(nn.Module):
    """Image batch [B, channels, R, R] to logits [B, classes]."""

    def __init__(self, cell: Cell, shape: DataShape) -> None:
        super().__init__()
        require_halvings(shape)
        first, second = STEM
        self.stem = nn.Sequential(
            nn.Conv2d(shape.channels, first, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(first),
            nn.ReLU(inplace=False),
            nn.Conv2d(first, second, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(second),
        )
        self.cells = nn.Sequential(*(CellBlock(cell, *place) for place in places()))
        self.classifier = nn.Linear(features(), shape.classes)

    def features(self, x: Tensor) -> Tensor:
        """Pooled features in front of the classifier."""
        return torch.mean(self.cells(self.stem(x)), dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

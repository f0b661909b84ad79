"""The NAS-Bench-201 network in torch: stem, three stages of cells, two residual blocks, classifier.

Parameter order and arithmetic follow the published code: nodes sum their edges, ``none`` multiplies by zero
so that a gradient of zero flows back, the mean over pixels is a plain mean (deterministic on CUDA).
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb201.cell import CONV1, CONV3, EDGES, NONE, POOL, SKIP, Cell
from proxyrank.spaces.nb201.skeleton import Skeleton


class Zero(nn.Module):
    """The operation ``none``."""

    def forward(self, x: Tensor) -> Tensor:
        """Zeros of the shape of ``x``, connected to it."""
        return x.mul(0.0)


def relu_conv_bn(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """ReLU, conv without bias ("same" padding), BatchNorm."""
    return nn.Sequential(
        nn.ReLU(inplace=False),
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    )


def _operation(op: str, width: int) -> nn.Module:
    if op == CONV3:
        return relu_conv_bn(width, width, 3)
    if op == CONV1:
        return relu_conv_bn(width, width, 1)
    if op == POOL:
        return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    return {SKIP: nn.Identity, NONE: Zero}[op]()


class CellBlock(nn.Module):
    """One cell at constant width: node 0 is the input, node 3 the output, every node a sum."""

    def __init__(self, cell: Cell, width: int) -> None:
        super().__init__()
        self.edges = nn.ModuleList(_operation(op, width) for op in cell)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        nodes: list[Tensor | None] = [x, None, None, None]
        for (source, target), operation in zip(EDGES, self.edges, strict=True):
            value = operation(nodes[source])
            before = nodes[target]
            nodes[target] = value if before is None else before + value
        result = nodes[3]
        assert result is not None
        return result


class ReductionBlock(nn.Module):
    """Residual block that doubles the channels and halves the resolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv_a = relu_conv_bn(inputs, outputs, 3, stride=2)
        self.conv_b = relu_conv_bn(outputs, outputs, 3)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, stride=2), nn.Conv2d(inputs, outputs, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to [B, 2C, H/2, W/2]; no ReLU after the sum."""
        total: Tensor = self.shortcut(x) + self.conv_b(self.conv_a(x))
        return total


class NB201Network(nn.Module):
    """Image batch [B, channels, R, R] to logits [B, classes]."""

    def __init__(self, cell: Cell, shape: DataShape, skeleton: Skeleton) -> None:
        super().__init__()
        width = skeleton.width
        self.stem = nn.Sequential(
            nn.Conv2d(shape.channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )
        blocks: OrderedDict[str, nn.Module] = OrderedDict()
        for stage in range(3):
            if stage:
                blocks[f"reduce{stage}"] = ReductionBlock(width, 2 * width)
                width *= 2
            for index in range(skeleton.depth):
                blocks[f"stage{stage}_cell{index}"] = CellBlock(cell, width)
        self.blocks = nn.Sequential(blocks)
        self.head = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(inplace=False))
        self.classifier = nn.Linear(width, shape.classes)

    def features(self, x: Tensor) -> Tensor:
        """Pooled features [B, 4 * width] in front of the classifier."""
        return torch.mean(self.head(self.blocks(self.stem(x))), dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

"""The NAS-Bench-101 network in torch: inner vertices sum what they read, the output concatenates."""

import torch
from torch import Tensor, nn

from proxyrank.spaces.data import DataShape
from proxyrank.spaces.nb101.cell import OPS, Cell
from proxyrank.spaces.nb101.channels import vertex_channels
from proxyrank.spaces.nb101.skeleton import Skeleton


def conv_bn_relu(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Conv without bias ("same" padding), BatchNorm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-5, momentum=0.003),
        nn.ReLU(inplace=False),
    )


def _operation(digit: str, channels: int) -> nn.Module:
    name = OPS[int(digit)]
    if name == "maxpool3x3":
        return nn.MaxPool2d(3, stride=1, padding=1)
    return conv_bn_relu(channels, channels, 3 if name.startswith("conv3x3") else 1)


class CellBlock(nn.Module):
    """One pruned cell, [B, inputs, H, W] to [B, outputs, H, W]."""

    def __init__(self, cell: Cell, inputs: int, outputs: int) -> None:
        super().__init__()
        self.channels = vertex_channels(cell, inputs, outputs)
        self.last = len(cell.targets) - 1
        self.sources = [[i for i in range(v) if cell.targets[i] >> v & 1] for v in range(self.last + 1)]
        self.projections = nn.ModuleDict(
            {
                str(v): conv_bn_relu(inputs, self.channels[v], 1)
                for v in range(1, self.last + 1)
                if 0 in self.sources[v]
            }
        )
        self.operations = nn.ModuleList(
            _operation(digit, self.channels[v]) for v, digit in enumerate(cell.ops, start=1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Output of the last vertex."""
        values: list[Tensor] = [x]
        for vertex, operation in enumerate(self.operations, start=1):
            values.append(operation(self._sum(values, vertex)))
        feeds = [values[i] for i in self.sources[self.last] if i > 0]
        projected = [self.projections[str(self.last)](x)] if 0 in self.sources[self.last] else []
        parts = [torch.cat(feeds, dim=1)] if feeds else []
        return _total([*parts, *projected])

    def _sum(self, values: list[Tensor], vertex: int) -> Tensor:
        width = self.channels[vertex]
        terms = [
            self.projections[str(vertex)](values[0]) if i == 0 else values[i][:, :width]
            for i in self.sources[vertex]
        ]
        return _total(terms)


def _total(terms: list[Tensor]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


class NB101Network(nn.Module):
    """Image batch [B, channels, R, R] to logits [B, classes]."""

    def __init__(self, cell: Cell, shape: DataShape, skeleton: Skeleton) -> None:
        super().__init__()
        self.stem = conv_bn_relu(shape.channels, skeleton.width, 3)
        blocks: list[nn.Module] = []
        for number, (inputs, outputs, _) in enumerate(skeleton.cells(shape.resolution)):
            if number and number % skeleton.depth == 0:
                blocks.append(nn.MaxPool2d(2))
            blocks.append(CellBlock(cell, inputs, outputs))
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(skeleton.features, shape.classes)

    def features(self, x: Tensor) -> Tensor:
        """Pooled features [B, features] in front of the classifier."""
        return torch.mean(self.blocks(self.stem(x)), dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

"""The DARTS network for CIFAR in torch, without auxiliary head and drop path, which only training needs."""

import torch
from torch import Tensor, nn

from proxyrank.spaces.darts.genotype import INPUTS, NONE, SKIP, Cell, Genotype
from proxyrank.spaces.darts.skeleton import Place, Skeleton
from proxyrank.spaces.data import DataShape
from proxyrank.spaces.strided import FactorizedReduce, Zero


def relu_conv_bn(inputs: int, outputs: int) -> nn.Sequential:
    """ReLU, 1x1 conv without bias, BatchNorm."""
    return nn.Sequential(
        nn.ReLU(inplace=False), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
    )


def _separable(width: int, kernel: int, stride: int, dilation: int) -> list[nn.Module]:
    padding = dilation * (kernel // 2)
    depthwise = nn.Conv2d(
        width, width, kernel, stride=stride, padding=padding, dilation=dilation, groups=width, bias=False
    )
    return [
        nn.ReLU(inplace=False),
        depthwise,
        nn.Conv2d(width, width, 1, bias=False),
        nn.BatchNorm2d(width),
    ]


def _operation(op: str, width: int, stride: int) -> nn.Module:
    kernel = int(op[-1]) if op[-1].isdigit() else 0
    if op.startswith("sep"):
        return nn.Sequential(*_separable(width, kernel, stride, 1), *_separable(width, kernel, 1, 1))
    if op.startswith("dil"):
        return nn.Sequential(*_separable(width, kernel, stride, 2))
    if op.startswith("max"):
        return nn.MaxPool2d(3, stride=stride, padding=1)
    if op.startswith("avg"):
        return nn.AvgPool2d(3, stride=stride, padding=1, count_include_pad=False)
    if op == SKIP:
        return nn.Identity() if stride == 1 else FactorizedReduce(width, width)
    assert op == NONE
    return Zero(width, width, stride)


class CellBlock(nn.Module):
    """One cell: both inputs brought to one width, four sums of two operations, concatenated."""

    def __init__(self, cell: Cell, place: Place) -> None:
        super().__init__()
        self.sources = [source for _, source in cell]
        halved = place.after_reduction
        self.earlier = (FactorizedReduce if halved else relu_conv_bn)(place.earlier, place.width)
        self.previous = relu_conv_bn(place.previous, place.width)
        self.operations = nn.ModuleList(
            _operation(op, place.width, 2 if place.reduction and source < INPUTS else 1)
            for op, source in cell
        )

    def forward(self, earlier: Tensor, previous: Tensor) -> Tensor:
        """Output [B, 4 * width, H, W]."""
        values = [self.earlier(earlier), self.previous(previous)]
        for i in range(0, len(self.sources), 2):
            first = self.operations[i](values[self.sources[i]])
            second = self.operations[i + 1](values[self.sources[i + 1]])
            values.append(first + second)
        return torch.cat(values[INPUTS:], dim=1)


class DARTSNetwork(nn.Module):
    """Image batch [B, channels, R, R] to logits [B, classes]."""

    def __init__(self, genotype: Genotype, shape: DataShape, skeleton: Skeleton) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(shape.channels, skeleton.stem, 3, padding=1, bias=False), nn.BatchNorm2d(skeleton.stem)
        )
        self.cells = nn.ModuleList(
            CellBlock(genotype.reduce if place.reduction else genotype.normal, place)
            for place in skeleton.places(shape.resolution)
        )
        self.classifier = nn.Linear(skeleton.features, shape.classes)

    def features(self, x: Tensor) -> Tensor:
        """Pooled features in front of the classifier."""
        earlier = previous = self.stem(x)
        for cell in self.cells:
            earlier, previous = previous, cell(earlier, previous)
        return torch.mean(previous, dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

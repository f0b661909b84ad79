"""Layers in a row as a torch network."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from proxyrank.spaces.blocks.layers import Activation, InvertedResidual, Layer

_ACTIVATIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "silu": nn.SiLU}


def _conv_bn(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


class SqueezeExcite(nn.Module):
    """Channels scaled by a sigmoid of two 1x1 convs on their means."""

    def __init__(self, channels: int, squeeze: int, activation: Activation) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Conv2d(channels, squeeze, 1),
            _ACTIVATIONS[activation](),
            nn.Conv2d(squeeze, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``."""
        scaled: Tensor = x * self.gate(torch.mean(x, dim=(2, 3), keepdim=True))
        return scaled


class InvertedResidualBlock(nn.Module):
    """An `InvertedResidual`, [B, inputs, H, W] to [B, outputs, H / stride, W / stride]."""

    def __init__(self, layer: InvertedResidual) -> None:
        super().__init__()
        activation = _ACTIVATIONS[layer.activation]
        body: list[nn.Module] = []
        if layer.expand:
            body += [*_conv_bn(layer.inputs, layer.width, 1), activation()]
        body += _conv_bn(layer.width, layer.width, layer.kernel, layer.stride, layer.width)
        body.append(activation())
        if layer.squeeze:
            body.append(SqueezeExcite(layer.width, layer.squeeze, layer.activation))
        self.body = nn.Sequential(*body, *_conv_bn(layer.width, layer.outputs, 1))
        self.shortcut: nn.Module | None = None
        if layer.shortcut == "conv":
            self.shortcut = nn.Sequential(
                nn.Conv2d(layer.inputs, layer.outputs, 1, stride=layer.stride), nn.BatchNorm2d(layer.outputs)
            )
        elif layer.shortcut == "identity":
            self.shortcut = nn.Identity()
        self.final = activation() if layer.final_activation else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Body, shortcut added, activation."""
        result = self.body(x)
        if self.shortcut is not None:
            result = result + self.shortcut(x)
        out: Tensor = self.final(result)
        return out


def _module(layer: Layer) -> nn.Module:
    if isinstance(layer, InvertedResidual):
        return InvertedResidualBlock(layer)
    activation = [] if layer.activation is None else [_ACTIVATIONS[layer.activation]()]
    return nn.Sequential(*_conv_bn(layer.inputs, layer.outputs, layer.kernel, layer.stride), *activation)


class SequenceNetwork(nn.Module):
    """Image batch [B, channels, R, R] to logits [B, classes]: layers, mean over pixels, linear classifier."""

    def __init__(self, layers: Sequence[Layer], classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*map(_module, layers))
        self.classifier = nn.Linear(layers[-1].outputs, classes)

    @property
    def stem(self) -> nn.Module:
        """First layer."""
        return self.layers[0]

    @property
    def blocks(self) -> nn.Sequential:
        """Layers between the first and the last: with the stem the blocks whose features proxies compare."""
        return nn.Sequential(*list(self.layers)[1:-1])

    def features(self, x: Tensor) -> Tensor:
        """Pooled features in front of the classifier."""
        return torch.mean(self.layers(x), dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.features(x))
        return logits

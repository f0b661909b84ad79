"""The networks of ``smallnets`` in torch: a stem, residual blocks that widen inside, a classifier."""

from collections.abc import Callable

from torch import Tensor, nn

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}
NORMS: dict[str, Callable[[int], nn.Module]] = {
    "none": lambda width: nn.Identity(),
    "batch": nn.BatchNorm2d,
    "layer": lambda width: nn.GroupNorm(1, width),
}


class Block(nn.Module):
    """Inverted bottleneck of MobileNetV2: widen, filter each channel, narrow; added to its input.

    Every conv is followed by a norm, the first two also by an activation.
    """

    def __init__(self, width: int, kernel: int, expansion: int, activation: str, norm: str) -> None:
        super().__init__()
        inner = width * expansion
        bias = norm == "none"
        self.layers = nn.Sequential(
            nn.Conv2d(width, inner, 1, bias=bias),
            NORMS[norm](inner),
            ACTIVATIONS[activation](),
            nn.Conv2d(inner, inner, kernel, padding=kernel // 2, groups=inner, bias=bias),
            NORMS[norm](inner),
            ACTIVATIONS[activation](),
            nn.Conv2d(inner, width, 1, bias=bias),
            NORMS[norm](width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, C, H, W] to the same shape."""
        total: Tensor = x + self.layers(x)
        return total


class SmallNet(nn.Module):
    """Image batch [B, 3, H, W] to logits [B, 10]; one width and half the size behind the stem."""

    def __init__(
        self, *, depth: int, width: int, kernel: int, expansion: int, activation: str, norm: str
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1, bias=norm == "none"),
            NORMS[norm](width),
            ACTIVATIONS[activation](),
        )
        self.blocks = nn.Sequential(
            *(Block(width, kernel, expansion, activation, norm) for _ in range(depth))
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.classifier(self.pool(self.blocks(self.stem(x))).flatten(1))
        return logits

"""Small networks with something unusual each, for the contract of proxies."""

import torch
from torch import nn


class Residual(nn.Module):
    """In-place ReLU, dropout, grouped conv, biases, an unused layer: nothing of a NAS-Bench-201 network."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(inplace=True))
        self.second = nn.Sequential(
            nn.Conv2d(6, 6, 3, padding=1, groups=2), nn.BatchNorm2d(6), nn.Dropout2d(0.2)
        )
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.unused = nn.Linear(3, 3)
        self.last = nn.Linear(24, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of images."""
        x = self.first(x)
        x = self.pool(torch.relu(x + self.second(x)))
        logits: torch.Tensor = self.last(x.flatten(1))
        return logits


class Viewing(nn.Module):
    """Views activations as vectors, has no BatchNorm."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 1), nn.ReLU()
        )
        self.last = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of images."""
        x = self.body(x)
        logits: torch.Tensor = self.last(x.view(len(x), -1))
        return logits


class Dropping(nn.Module):
    """Functional dropout, a block that is skipped at random, and noise."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.classifier = nn.Linear(6, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of images."""
        x = torch.relu(self.first(x))
        if self.training:
            x = x + torch.relu(self.second(x)) * torch.bernoulli(torch.full((len(x), 1, 1, 1), 0.5))
            x = x + 0.1 * torch.randn_like(x)
        dropped = nn.functional.dropout(x.mean((2, 3)), 0.5, self.training)
        logits: torch.Tensor = self.classifier(dropped)
        return logits

"""Ten small networks of the families that people use, written as their authors do."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812


class Bottleneck(nn.Module):
    def __init__(self, inner, outer, before, stride):
        super().__init__()
        self.one = nn.Sequential(nn.Conv2d(before, inner, 1, bias=False), nn.BatchNorm2d(inner))
        self.two = nn.Sequential(nn.Conv2d(inner, inner, 3, stride, 1, bias=False), nn.BatchNorm2d(inner))
        self.three = nn.Sequential(nn.Conv2d(inner, outer, 1, bias=False), nn.BatchNorm2d(outer))
        change = nn.Sequential(nn.Conv2d(before, outer, 1, stride, bias=False), nn.BatchNorm2d(outer))
        self.shortcut = nn.Identity() if stride == 1 and before == outer else change
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.three(self.relu(self.two(self.relu(self.one(x)))))
        out += self.shortcut(x)
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, depths=(1, 2), width=4):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(True),
            nn.MaxPool2d(3, 2, 1),
        )
        layers, before = [], width
        for stage, depth in enumerate(depths):
            inner = width * 2**stage
            for i in range(depth):
                layers.append(Bottleneck(inner, 4 * inner, before, 2 if i == 0 and stage else 1))
                before = 4 * inner
        self.blocks = nn.Sequential(*layers)
        self.head = nn.Linear(before, 10)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1)
        return self.head(torch.flatten(x, 1))


def _conv(before, after, kernel=3, stride=1, groups=1, act=nn.ReLU6):
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after),
        act(),
    )


class Gate(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.down, self.up = nn.Conv2d(width, 2, 1), nn.Conv2d(2, width, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(F.silu(self.down(x.mean((2, 3), keepdim=True)))))


class Inverted(nn.Module):
    def __init__(self, before, after, stride=1, gate=False):
        super().__init__()
        inner, act = 4 * before, nn.SiLU if gate else nn.ReLU6
        self.body = nn.Sequential(
            _conv(before, inner, 1, act=act),
            _conv(inner, inner, 3, stride, inner, act=act),
            Gate(inner) if gate else nn.Identity(),
            nn.Conv2d(inner, after, 1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.residual = stride == 1 and before == after

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class Inverteds(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.features = nn.Sequential(
            _conv(3, 4, 3, 2), Inverted(4, 4, 1, gate), Inverted(4, 8, 2, gate), Inverted(8, 8, 1, gate)
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(8, 10))

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(4 + 3 * i), nn.ReLU(), nn.Conv2d(4 + 3 * i, 3, 3, padding=1))
            for i in range(4)
        )
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        held = [self.stem(x)]
        for layer in self.layers:
            held.append(layer(torch.cat(held, 1)))
        x = F.relu(torch.cat(held, dim=1))
        return self.head(F.avg_pool2d(x, x.shape[-1]).view(len(x), -1))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = _conv(3, 4, 1), nn.Sequential(_conv(3, 4, 1), _conv(4, 4, 3))
        self.c, self.d = nn.Sequential(_conv(3, 4, 1), _conv(4, 4, 5)), _conv(3, 4, 1)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        pooled = F.max_pool2d(x, 3, stride=1, padding=1)
        x = torch.cat([self.a(x), self.b(x), self.c(x), self.d(pooled)], 1)
        return self.head(x.flatten(2).mean(-1))


class Attention(nn.Module):
    """How the product is written: ``sdpa``, ``matmul`` or ``einsum``."""

    def __init__(self, width, heads, how="sdpa"):
        super().__init__()
        self.qkv, self.out, self.heads, self.how = (
            nn.Linear(width, 3 * width),
            nn.Linear(width, width),
            heads,
            how,
        )

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if self.how == "sdpa":
            y = F.scaled_dot_product_attention(q, k, v)
        elif self.how == "matmul":
            y = (
                F.dropout((q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)).softmax(dim=-1), 0.1, self.training)
                @ v
            )
        else:
            scores = torch.einsum("bhid,bhjd->bhij", q, k) * q.shape[-1] ** -0.5
            y = torch.einsum("bhij,bhjd->bhid", torch.softmax(scores, -1), v)
        return self.out(y.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    def __init__(self, width, attention):
        super().__init__()
        self.norm1, self.norm2, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), attention
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self, depth=2, width=16, how="sdpa", patch=4, size=16):
        super().__init__()
        self.patch = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.blocks = nn.Sequential(*(Block(width, Attention(width, 2, how)) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.places
        return self.head(self.norm(self.blocks(x))[:, 0])


class Windows(nn.Module):
    """Attention in windows that are shifted, then patches merged."""

    def __init__(self, width=8, window=2):
        super().__init__()
        self.patch, self.window = nn.Conv2d(3, width, 4, 4), window
        self.blocks = nn.ModuleList(Block(width, nn.Identity()) for _ in range(2))
        for block in self.blocks:
            block.attention = Attention(width, 2, "matmul")
        self.merge, self.head = nn.Linear(4 * width, 2 * width, bias=False), nn.Linear(2 * width, 10)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        b, h, w, c = x.shape
        s = self.window
        for i, block in enumerate(self.blocks):
            shifted = torch.roll(x, (-i, -i), (1, 2))
            parts = shifted.view(b, h // s, s, w // s, s, c).transpose(2, 3).reshape(-1, s * s, c)
            parts = block(parts).view(b, h // s, w // s, s, s, c).transpose(2, 3).reshape(b, h, w, c)
            x = torch.roll(parts, (i, i), (1, 2))
        x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
        return self.head(self.merge(x).mean((1, 2)))


class ConvNeXt(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.stem, self.depthwise = (
            nn.Conv2d(3, width, 4, 4),
            nn.Conv2d(width, width, 7, padding=3, groups=width),
        )
        self.norm, self.up, self.down = (
            nn.LayerNorm(width),
            nn.Linear(width, 4 * width),
            nn.Linear(4 * width, width),
        )
        self.scale, self.head = nn.Parameter(torch.ones(width)), nn.Linear(width, 10)

    def forward(self, x):
        x = self.stem(x)
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = (self.scale * self.down(F.gelu(self.up(y)))).permute(0, 3, 1, 2)
        return self.head((x + y).mean((-2, -1)))


class Mixer(nn.Module):
    def __init__(self, width=8, tokens=16):
        super().__init__()
        self.patch, self.norm = nn.Conv2d(3, width, 4, 4), nn.LayerNorm(width)
        self.tokens = nn.Sequential(nn.Linear(tokens, 8), nn.GELU(), nn.Linear(8, tokens))
        self.channels = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 16), nn.GELU(), nn.Linear(16, width)
        )
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).mT
        x = x + self.tokens(self.norm(x).mT).mT
        return self.head((x + self.channels(x)).mean(1))


class Recurrent(nn.Module):
    """Rows of an image as a sequence."""

    def __init__(self, width=8):
        super().__init__()
        self.lstm, self.head = nn.LSTM(48, width, num_layers=2, batch_first=True), nn.Linear(width, 10)

    def forward(self, x):
        out, _ = self.lstm(x.transpose(1, 2).flatten(2))
        return self.head(out[:, -1])


NETWORKS = {
    "resnet": ResNet,
    "mobilenetv2": lambda: Inverteds(gate=False),
    "efficientnet": lambda: Inverteds(gate=True),
    "densenet": DenseNet,
    "inception": Inception,
    "vit": ViT,
    "swin": Windows,
    "convnext": ConvNeXt,
    "mixer": Mixer,
    "lstm": Recurrent,
}


@pytest.fixture(params=NETWORKS)
def network(request):
    """One after the other, for images [B, 3, 16, 16]."""
    torch.manual_seed(0)
    return NETWORKS[request.param]()


@pytest.fixture
def family():
    """Makes a network of a family of this file."""
    return lambda name, **options: {"vit": ViT, "resnet": ResNet}[name](**options)

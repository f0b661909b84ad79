"""Forward mode gives the Jacobian of the backward passes; drawn classes estimate the exact Fisher matrix."""

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import nn

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.network.batch import Batch
from proxyrank.features.spectrum._forward import PASSES, NoForwardModeError, is_cheaper
from proxyrank.features.spectrum._sampled import drawn_directions
from proxyrank.features.spectrum.describe import vkdnw_ablation, vkdnw_features
from proxyrank.features.spectrum.fisher_settings import FisherSettings
from proxyrank.features.spectrum.jacobian import fisher_jacobian, fisher_jacobians
from proxyrank.features.spectrum.matrix import fisher_matrix
from proxyrank.features.spectrum.selection import Selection
from proxyrank.spaces import DataShape, get_space

EXACT = {"rtol": 1e-9, "atol": 1e-12}


class Shared(nn.Module):
    """A weight of two layers, an own scale that no rule covers, in-place activations, LayerNorm."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(inplace=True))
        self.one, self.two = nn.Conv2d(6, 6, 1), nn.Conv2d(6, 6, 1)
        self.two.weight = self.one.weight
        self.scale = nn.Parameter(torch.tensor([1.5]))
        self.norm = nn.LayerNorm([6])
        self.head = nn.Linear(6, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        x = self.scale * self.two(torch.relu(self.one(x))) + x
        return self.head(self.norm(x.mean(dim=(2, 3))))


def _mobile(classes: int = 12) -> nn.Module:
    space = get_space("mobilenetv2")
    text = "SuperConvK3BNRELU(3,8,2,1)SuperResIDWE2K3(8,16,2,8,1)SuperResIDWE1K5(16,8,1,8,1)"
    text += "SuperConvK1BNRELU(8,16,1,1)"
    return space.network(text, DataShape(resolution=16, classes=classes))


@pytest.mark.parametrize("build", [Shared, _mobile, lambda: _mobile(40)])
@pytest.mark.parametrize(
    "selection", [Selection(), Selection(weights=3, position="random"), Selection(tensors=5, drawn=True)]
)
def test_both_ways_agree(build, selection: Selection) -> None:
    torch.manual_seed(1)
    network, x = build().double(), torch.randn(5, 3, 16, 16, dtype=torch.float64)
    back, logits = fisher_jacobians(network, x, [selection], chunk=2, mode="backward")
    forward, same = fisher_jacobians(network, x, [selection], chunk=2, mode="forward")
    torch.testing.assert_close(forward[0], back[0], **EXACT)
    torch.testing.assert_close(same, logits)
    assert back[0].abs().max() > 0


def test_the_cheaper_way_is_taken_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    import proxyrank.features.spectrum.jacobian as module

    assert not is_cheaper(1, PASSES - 1)  # values of few classes keep their bits
    assert is_cheaper(128, 1000)
    assert not is_cheaper(1000, 1000)
    ways = []
    for name in ("forward_jacobian", "tapped_jacobian"):
        whole = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *args, name=name, whole=whole: (ways.append(name), whole(*args))[1]
        )
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, PASSES), nn.ReLU(), nn.Linear(PASSES, 2 * PASSES))
    x = torch.randn(2, 3, 2, 2)
    fisher_jacobian(network, x)
    fisher_jacobian(network, x, Selection(weights=PASSES))
    assert ways == ["forward_jacobian", "tapped_jacobian"]


def test_what_has_no_forward_mode_goes_backward() -> None:
    class Odd(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, gradient):
            return 2 * gradient

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(4, PASSES), nn.Linear(PASSES, PASSES)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.b(Odd.apply(self.a(x)))

    torch.manual_seed(0)
    network, x = Net().double(), torch.randn(3, 4, dtype=torch.float64)
    auto, _ = fisher_jacobian(network, x)
    back, _ = fisher_jacobians(network, x, [Selection()], mode="backward")
    torch.testing.assert_close(auto, back[0])
    with pytest.raises(NoForwardModeError, match="setup_context"):
        fisher_jacobians(network, x, [Selection()], mode="forward")


def test_too_little_memory_does_not_go_backward() -> None:
    class Hungry(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if torch._C._functorch.maybe_current_level() is not None:  # tangents are under way
                torch.empty(10**15)
            return super().forward(x)

    network = nn.Sequential(Hungry(4, PASSES), nn.Linear(PASSES, PASSES))
    x = torch.randn(3, 4)
    fisher_jacobians(network, x, [Selection()], mode="backward")
    with pytest.raises(RuntimeError, match="memory"):
        fisher_jacobian(network, x)


def test_drawn_classes_estimate_the_exact_matrix() -> None:
    torch.manual_seed(2)
    network, x = _mobile().double(), torch.randn(6, 3, 8, 8, dtype=torch.float64)
    jacobian, logits = fisher_jacobian(network, x)
    exact = fisher_matrix(jacobian, logits, "fisher")

    def error(draws: int) -> float:
        directions = drawn_directions(draws, seed=3)
        (drawn,), _ = fisher_jacobians(network, x, [Selection()], chunk=4, directions=directions)
        assert drawn.shape == (6, draws, jacobian.shape[2])
        return float((fisher_matrix(drawn, logits, "sampled") - exact).norm() / exact.norm())

    few, many = error(4), error(256)
    assert many < 0.2
    assert 4 < few / many < 16  # about the root of 64


def test_the_sampled_form_ranks_like_the_exact_one() -> None:
    space = get_space("nb201")
    archs = space.sample(10, seed=5, population="filtered")
    x = torch.randn(16, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    batch = Batch(x, torch.zeros(16, dtype=torch.int64))
    rows = []
    for i, arch in enumerate(archs):
        torch.manual_seed(i)
        network = space.network(arch, DataShape(resolution=8, classes=10))
        found = [
            vkdnw_features(network, batch, settings=FisherSettings(form=f)) for f in ("fisher", "sampled")
        ]
        rows.append([one["vkdnw_trace"] for one in found])
        assert "vkdnw_fisher_trace" not in found[1]
    exact, sampled = np.array(rows).T
    assert kendalltau(exact, sampled).statistic > 0.6


def test_sampled_is_asked_for_alone() -> None:
    batch = Batch(torch.randn(2, 3, 8, 8), torch.zeros(2, dtype=torch.int64))
    with pytest.raises(ProxyrankError, match="ask for it alone"):
        vkdnw_ablation(_mobile(), batch, [FisherSettings(), FisherSettings(form="sampled")])

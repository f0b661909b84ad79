"""The Jacobian by taps against vmap over jacrev, for every kind of module, and what it must leave alone."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.spectrum import _taps
from proxyrank.features.spectrum._routes import find_routes
from proxyrank.features.spectrum.jacobian import fisher_jacobian, fisher_jacobians
from proxyrank.features.spectrum.selection import Selection
from proxyrank.spaces import DataShape, get_space
from proxyrank.spaces.nb201 import Skeleton

# Rounding of float64 sums of a few thousand products.
EXACT = {"rtol": 1e-10, "atol": 1e-12}


def _images(batch=5, channels=3, resolution=8, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, channels, resolution, resolution)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def _head(features, classes=4):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes))


def _plain():
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 6, 1), _head(6)),
    )


def _inplace():
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True), nn.BatchNorm2d(8), nn.ReLU(inplace=True)),
        *(nn.Conv2d(8, 8, 1, bias=False), nn.SiLU(inplace=True), _head(8)),
    )


def _grouped():
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 3, padding="same", dilation=2, padding_mode="reflect"), nn.Hardswish()),
        *(nn.Conv2d(6, 12, (3, 1), groups=3, padding=(2, 0), stride=(2, 1)), nn.GroupNorm(4, 12), nn.ReLU6()),
        *(nn.Conv2d(12, 12, 5, groups=12, padding=2), nn.BatchNorm2d(12), _head(12)),
    )


class _Transformer(nn.Module):
    """Patches, LayerNorm over two dimensions, attention (reads its weights by function), an own scale."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.norm = nn.LayerNorm((4, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.scale = nn.Parameter(torch.ones(8))
        self.mlp = nn.Sequential(
            nn.LayerNorm(8), nn.Linear(8, 16), nn.GELU(), nn.Dropout(0.5), nn.Linear(16, 8)
        )
        self.head = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.norm(self.patches(x).flatten(2).transpose(1, 2))
        tokens = tokens + self.scale * self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return self.head((tokens + self.mlp(tokens)).mean(dim=1))


class _Tied(nn.Module):
    """A layer called twice, one weight in two layers, one read by function, one behind a parametrisation."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.twice = nn.Conv2d(6, 6, 3, padding=1)
        self.again = nn.Conv2d(6, 6, 3, padding=1)
        self.again.weight = self.twice.weight
        self.read = nn.Conv2d(6, 6, 1)
        self.normed = parametrizations.weight_norm(nn.Conv2d(6, 6, 1))
        self.unused = nn.Linear(3, 3)
        self.head = nn.Linear(6, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(self.stem(x))
        x = torch.tanh(self.twice(x)) + torch.sigmoid(self.twice(0.5 * x))
        x = self.again(x) + self.read(x) + functional.conv2d(x * x, self.read.weight)
        return self.head(torch.tanh(self.normed(x)).mean(dim=(2, 3)))


class _Viewing(nn.Module):
    """A `view` that the channels-last layout does not survive, and a factor behind the linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 5, 3), nn.Linear(5 * 36, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(x))
        return 3 * self.last(x.view(x.shape[0], -1))


class _Sequences(nn.Module):
    """Layers that see the batch in another dimension than the first."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.Linear(24, 6)
        self.pixels = nn.Linear(6, 5)
        self.head = nn.Linear(5, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = torch.tanh(self.rows(x.permute(2, 0, 1, 3).flatten(2)))  # [R, B, 6]
        pixels = torch.tanh(self.pixels(rows.flatten(0, 1))).view(*rows.shape[:2], 5)
        return self.head(pixels.mean(dim=0))


class _Doubled(nn.Linear):
    """A subclass that computes something else than its parent."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(x) + self.weight.sum()


def _custom():
    return nn.Sequential(nn.Flatten(), _Doubled(192, 7), nn.Tanh(), nn.Linear(7, 4))


def _many_classes():
    """More classes than features: the passes go from the features."""
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), _head(4, classes=30))


MODULES = [_plain, _inplace, _grouped, _Transformer, _Tied, _Viewing, _Sequences, _custom, _many_classes]


def _build(factory, seed=0):
    torch.manual_seed(seed)
    network = factory().double()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return network


def _forgiving(network):
    """A copy that accepts what vmap makes of in-place operations and of fused attention."""
    network = copy.deepcopy(network).eval()
    for module in network.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    return network


@pytest.mark.parametrize(
    "options", [{}, {"batch_classes": True}, {"chunk": 2}], ids=["loop", "batched", "chunks"]
)
@pytest.mark.parametrize("factory", MODULES)
def test_any_module(literal, factory, options):
    network, x = _build(factory), _images()
    expected = literal.literal_jacobian(_forgiving(network), x, tensors=64, weights=3)
    found, logits = fisher_jacobian(network, x, Selection(tensors=64, weights=3), **options)
    torch.testing.assert_close(found, expected, **EXACT)
    torch.testing.assert_close(logits, network.eval()(x).detach(), **EXACT)
    assert expected.abs().amax(dim=(0, 1)).count_nonzero() > expected.shape[2] // 2


def test_usual_layers_are_tapped():
    """The slow way is left to the parameters that need it."""
    x = _images()

    def others(factory):
        network = _build(factory).eval()
        return find_routes(network, {name for name, _ in network.named_parameters()}, x).others

    for factory in (_plain, _inplace, _grouped, _Viewing, _many_classes):
        assert others(factory) == set()
    assert {name.split(".")[0] for name in others(_Transformer)} == {"attention", "scale"}
    assert {name.split(".")[0] for name in others(_Tied)} == {"read", "normed"}
    assert others(_custom) == {"1.weight", "1.bias"}
    assert others(_Sequences) == {"rows.weight", "rows.bias", "pixels.weight", "pixels.bias"}


@pytest.mark.parametrize("i", range(6))
def test_random_cells(literal, random_network, i):
    network, x = random_network(i), _images()
    for selection in (Selection(), Selection(tensors=20, weights=5)):
        found, _ = fisher_jacobian(network, x, selection)
        expected = literal.literal_jacobian(copy.deepcopy(network), x, selection.tensors, selection.weights)
        torch.testing.assert_close(found, expected, **EXACT)


def test_more_classes_than_features_of_a_cell(literal, random_network):
    network = random_network(3, DataShape(classes=40, resolution=8))
    found, _ = fisher_jacobian(network, _images())
    torch.testing.assert_close(found, literal.literal_jacobian(network, _images()), **EXACT)


@pytest.mark.parametrize("classes", [7, 40])  # logits, or the 16 features before the classifier, are targets
@pytest.mark.parametrize("copies", [3, 4, 50])
def test_repeated_samples_change_nothing(monkeypatch, random_network, classes, copies):
    network = random_network(3, DataShape(classes=classes, resolution=8))
    found = []
    for count in (1, copies):
        monkeypatch.setattr(_taps, "_copies", lambda x, passes, count=count: count)
        found.append(fisher_jacobian(network, _images()))
    torch.testing.assert_close(found[1], found[0], **EXACT)


@pytest.mark.parametrize(
    ("shape", "passes", "copies"),
    [
        ((8, 3, 32, 32), 64, 4),  # 17 passes in place of 65
        ((8, 3, 32, 32), 10, 2),
        ((16, 3, 32, 32), 10, 1),
        ((8, 3, 16, 16), 64, 8),
        ((8, 3, 224, 224), 1000, 1),
        ((8, 3, 16, 16), 1, 1),
    ],
)
def test_samples_are_repeated_where_that_costs_less(shape, passes, copies):
    assert _taps._copies(torch.zeros(shape), passes) == copies


def test_float32(random_network):
    network = random_network(2)
    exact, _ = fisher_jacobian(network, _images())
    found, logits = fisher_jacobian(copy.deepcopy(network).float(), _images())
    assert found.dtype == logits.dtype == torch.float32
    # A few hundred roundings of 6e-8.
    assert (found.double() - exact).norm() < 2e-5 * exact.norm()


def test_several_selections_in_one_pass(random_network):
    network, x = random_network(4), _images()
    selections = [Selection(tensors=8), Selection(weights=4), Selection(position="random", seed=3)]
    together, logits = fisher_jacobians(network, x, selections)
    for selection, found in zip(selections, together, strict=True):
        alone, same = fisher_jacobian(network, x, selection)
        torch.testing.assert_close(found, alone, **EXACT)
        assert torch.equal(logits, same)


def test_order_of_the_batch(random_network):
    network, x = random_network(5), _images(batch=20)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(0))
    found, _ = fisher_jacobian(network, x[order])
    torch.testing.assert_close(found, fisher_jacobian(network, x)[0][order], **EXACT)


def test_number_of_threads(random_network, one_thread):
    network, x = random_network(5, dtype=torch.float32), _images(batch=20)
    one, _ = fisher_jacobian(network, x)
    torch.set_num_threads(4)
    four, _ = fisher_jacobian(network, x)
    assert (four - one).norm() <= 1e-5 * one.norm()


def test_same_bytes_twice(random_network):
    network, x = random_network(5, dtype=torch.float32), _images()
    assert torch.equal(fisher_jacobian(network, x)[0], fisher_jacobian(network, x)[0])


def _set_modes(network, seed):
    """Modes, flags, hooks and gradients that are not the defaults."""
    torch.manual_seed(seed)
    network.train()
    for i, module in enumerate(network.modules()):
        if i % 3 == seed % 3:
            module.training = False
        if i % 5 == 0:
            module.register_forward_hook(lambda *_: None)
    for i, parameter in enumerate(network.parameters()):
        if i % 2:
            parameter.grad = torch.ones_like(parameter)
        parameter.requires_grad_(i % 4 != 1)


@settings(max_examples=12, deadline=None)
@given(cell=st.integers(0, 15624), seed=st.integers(0, 99), batched=st.booleans())
def test_cells_are_left_as_they_were(hash_state, cell, seed, batched):
    space = get_space("nb201")
    torch.manual_seed(seed)
    network = space.network(space.archs()[cell], DataShape(resolution=8), Skeleton(width=4, depth=1))
    _set_modes(network, seed)
    before, generator = hash_state(network), torch.get_rng_state()
    gradients = [None if p.grad is None else p.grad.clone() for p in network.parameters()]
    fisher_jacobian(network, _images(batch=3), batch_classes=batched)
    assert hash_state(network) == before
    assert torch.equal(torch.get_rng_state(), generator)
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        assert (parameter.grad is None) if gradient is None else torch.equal(parameter.grad, gradient)


@pytest.mark.parametrize("factory", MODULES)
def test_modules_are_left_as_they_were(hash_state, factory):
    network, x = _build(factory), _images()
    _set_modes(network, 1)
    kept, before = x.clone(), hash_state(network)
    with torch.no_grad():
        fisher_jacobian(network, x)
    assert hash_state(network) == before
    assert torch.equal(x, kept)
    assert not x.requires_grad


class _Restless(nn.Module):
    """Draws random numbers, counts its calls and fails on demand, in eval mode too."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(192, 3)
        self.register_buffer("calls", torch.zeros(()))
        self.fail = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        if self.fail:
            raise RuntimeError("broken on purpose")
        torch.rand(3)
        return self.linear(x.flatten(1))


def test_buffers_and_generator_are_restored_even_after_an_error(hash_state):
    network = _Restless()
    before, generator = hash_state(network), torch.get_rng_state()
    fisher_jacobian(network, _images())
    assert hash_state(network) == before
    network.fail = True
    with pytest.raises(RuntimeError, match="broken on purpose"):
        fisher_jacobian(network, _images())
    network.fail = False
    assert hash_state(network) == before
    assert torch.equal(torch.get_rng_state(), generator)


def test_hooks_of_the_caller_take_part(literal):
    """A hook that changes a layer's output changes the Jacobian as it changes the logits."""
    network, x = _build(_plain), _images()
    network[3].register_forward_hook(lambda module, inputs, output: output * output)
    network[7][2].register_forward_hook(lambda module, inputs, output: output.sin())
    found, logits = fisher_jacobian(network, x)
    torch.testing.assert_close(found, literal.literal_jacobian(copy.deepcopy(network), x), **EXACT)
    torch.testing.assert_close(logits, network.eval()(x).detach(), **EXACT)


def test_batch_statistics_are_refused():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4, track_running_stats=False), _head(4)
    ).double()
    with pytest.raises(NotApplicableError, match="samples are not independent: 1 has no running statistics"):
        fisher_jacobian(network, _images())


@pytest.mark.parametrize(
    ("network", "x", "message"),
    [
        (nn.Conv2d(3, 4, 1), _images(), r"logits \[2, K\], got \[2, 4, 8, 8\]"),
        (nn.Sequential(nn.Flatten()), _images(), "no parameters"),
        (nn.Sequential(nn.Flatten(), nn.Linear(192, 2)), _images(batch=0), "batch is empty"),
    ],
)
def test_bad_input(network, x, message):
    error = NotApplicableError if "logits" in message else ProxyrankError
    with pytest.raises(error, match=message):
        fisher_jacobian(network, x)

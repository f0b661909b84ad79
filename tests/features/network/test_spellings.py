"""Equal networks that are written differently have equal values (field cases X6, X8 to X11)."""

import math
import warnings
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations
from torch.utils.flop_counter import FlopCounterMode

from proxyrank.features.network.batch import Batch, noise_batch
from proxyrank.features.network.parametrised import folded, own_tensors
from proxyrank.features.network.score import score_factories, score_network
from proxyrank.features.network.weights import fan_in, initialise
from proxyrank.features.proxies import Missing
from proxyrank.spaces import DataShape

pytestmark = pytest.mark.usefixtures("one_thread")

Wrap = Callable[[nn.Module], nn.Module]


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Two images a class, which epe_nas needs."""
    drawn = noise_batch(DataShape(resolution=8), 6, seed=0, dtype=torch.float64)
    return replace(drawn, y=torch.tensor([0, 9, 4, 9, 0, 4]))


def convs(wrap: Wrap = lambda conv: conv) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Sequential(wrap(nn.Conv2d(3, 6, 3, padding=1)), nn.BatchNorm2d(6), nn.ReLU()),
        nn.Sequential(wrap(nn.Conv2d(6, 8, 3, stride=2, padding=1)), nn.BatchNorm2d(8), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        wrap(nn.Linear(8, 10)),
    )


class Mixed(nn.Module):
    """Two convolutions; how the ReLUs behind them are written is an argument."""

    def __init__(self, first: nn.Module | Callable = functional.relu, second=functional.relu) -> None:
        super().__init__()
        self.c0, self.c1 = nn.Conv2d(3, 5, 3, padding=1), nn.Conv2d(5, 5, 3, padding=1)
        self.first, self.second = first, second
        self.head = nn.Linear(5, 10)

    def forward(self, x):
        x = self.second(self.c1(self.first(self.c0(x))))
        return self.head(x.mean((2, 3)))


class Encoder(nn.Module):
    """Patches, two layers of attention, a head."""

    def __init__(self, dropout: float = 0.0, activation: str = "relu") -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 4, stride=4)
        self.place = nn.Parameter(torch.zeros(1, 4, 16))
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout, activation, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.layers(self.patch(x).flatten(2).transpose(1, 2) + self.place).mean(1))


class Attention(nn.Module):
    """Attention of four heads, as torch's module or spelled out."""

    def __init__(self, spelled_out: bool) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 2, stride=2)
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.head = nn.Linear(16, 10)
        self.spelled_out = spelled_out

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        if not self.spelled_out:
            return self.head(self.attention(x, x, x, need_weights=False)[0].mean(1))
        own = self.attention
        q, k, v = (
            part.unflatten(2, (4, 4)).transpose(1, 2)
            for part in functional.linear(x, own.in_proj_weight, own.in_proj_bias).chunk(3, dim=2)
        )
        mixed = ((q @ k.transpose(2, 3) / 2.0).softmax(-1) @ v).transpose(1, 2).flatten(2)
        return self.head(functional.linear(mixed, own.out_proj.weight, own.out_proj.bias).mean(1))


def flops_of(network: nn.Module, resolution: int = 8) -> float:
    found = score_network(network, noise_batch(DataShape(resolution=resolution), 2, seed=0), "flops")
    return found["flops"]


def torch_flops(network: nn.Module, x: torch.Tensor) -> int:
    """Half of what torch counts in train mode, where no fused kernel hides attention."""
    with (
        FlopCounterMode(display=False) as counter,
        torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH),
    ):
        network(x)
    return counter.get_total_flops() // 2


def assert_same(found: dict, expected: dict, rel: float = 0.0) -> None:
    assert list(found) == list(expected)
    for column, value in expected.items():
        if isinstance(value, Missing) or rel == 0.0:
            assert found[column] == value, column
        else:
            # Counts of parameters and steps are exact, quotients of nearly equal gradients are not.
            assert found[column] == pytest.approx(value, rel=rel, abs=1e-12), column


def old_weight_norm(layer: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return nn.utils.weight_norm(layer)


@pytest.mark.parametrize("wrap", [parametrizations.weight_norm, old_weight_norm])
def test_x6_weight_norm_scores_like_the_plain_network(batch, wrap):
    plain = score_network(convs, batch, "all", seed=3)
    assert not any(isinstance(value, Missing) for value in plain.values())
    assert_same(score_network(lambda: convs(wrap), batch, "all", seed=3), plain, rel=1e-6)


def test_x6_spectral_norm_is_drawn_and_used(batch):
    subject = convs(parametrizations.spectral_norm).double()
    initialise(subject, 5)
    weights = [layer.weight.detach() for layer in (subject[0][0], subject[1][0], subject[4])]
    plain = convs().double()
    initialise(plain, 5)
    for found, drawn in zip(weights, (plain[0][0], plain[1][0], plain[4]), strict=True):
        largest = torch.linalg.matrix_norm(drawn.weight.detach().flatten(1), 2)
        assert torch.allclose(found, drawn.weight.detach() / largest, rtol=1e-4)
    found = score_network(subject, batch, "all", init="keep")
    literal = plain
    with torch.no_grad():
        for layer, weight in zip((literal[0][0], literal[1][0], literal[4]), weights, strict=True):
            layer.weight.copy_(weight)
    expected = score_network(literal, batch, "all", init="keep")
    assert found["l2_norm"] == pytest.approx(sum(float(weight.norm()) for weight in weights), rel=1e-6)
    different = [c for c in expected if c != "zen" and found[c] != pytest.approx(expected[c], rel=1e-6)]
    assert not different
    assert hasattr(subject[0][0], "parametrizations")  # the caller's network keeps its own


def test_x6_old_spectral_norm_is_the_new_one(batch):
    names = "snip,naswot,l2_norm,params"
    new = score_network(lambda: convs(parametrizations.spectral_norm), batch, names, seed=1)
    old = score_network(lambda: convs(nn.utils.spectral_norm), batch, names, seed=1)
    assert_same(old, new, rel=1e-3)  # both stop a power iteration somewhere


def test_x6_a_weight_that_cannot_be_drawn_says_so(batch):
    class Doubled(nn.Module):
        def forward(self, weight):
            return 2.0 * weight

    def make():
        network = convs()
        nn.utils.parametrize.register_parametrization(network[0][0], "weight", Doubled())
        return network

    scores = score_factories({"doubled": make}, "snip,params", {"batch_size": 4, "dataset": "cifar10"})
    assert "parametrised weight: Doubled takes no drawn weights" in scores.reasons["snip"]["doubled"]


def test_folding_keeps_places_and_values():
    plain, wrapped = convs(), convs(parametrizations.weight_norm)
    for network in (plain, wrapped):
        initialise(network, 2)
    copy = folded(wrapped)
    assert [name for name, _ in copy.named_parameters()] == [name for name, _ in plain.named_parameters()]
    assert [name for _, name in own_tensors(wrapped)] == [name for _, name in own_tensors(plain)]
    for found, expected in zip(copy.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(found, expected)
    assert folded(plain) is plain


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_x8_attention_with_dropout_depends_on_nothing_else(batch, dropout):
    names = ["gradsign", "grasp", "snip"]
    together = score_network(lambda: Encoder(dropout), batch, names)
    for name in names:
        alone = score_network(lambda: Encoder(dropout), batch, [name])
        assert alone[name] == together[name], name
        assert not isinstance(alone[name], Missing)


def test_x9_transposed_convolutions():
    network = nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1, bias=False),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 16, 4, stride=4, bias=False),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 10, bias=False),
    )
    assert flops_of(network, 32) == 18_546_848


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Conv2d(3, 6, 3, padding=1, groups=3), 64 * 6 * (9 + 1)),
        (nn.Conv2d(3, 3, 5, padding=2, groups=3, bias=False), 64 * 3 * 25),
        (nn.Conv2d(3, 4, 3, stride=2, dilation=2, padding=2), 16 * 4 * (27 + 1)),
        (nn.ConvTranspose2d(3, 6, 3, groups=3, bias=False), 64 * 3 * 2 * 9),
        (nn.ConvTranspose2d(3, 4, 2, stride=2), 64 * 3 * 4 * 4 + 256 * 4),
        (nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"), 64 * 4 * (27 + 1)),
    ],
)
def test_x9_flops_of_one_layer(layer, expected):
    network = nn.Sequential(layer, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert flops_of(network) == expected
    x = torch.zeros(1, 3, 8, 8)
    biases = layer(x).numel() if layer.bias is not None else 0
    assert expected == torch_flops(network, x) + biases


def test_x9_fan_in_keeps_the_variance():
    torch.manual_seed(0)
    x = torch.randn(8, 32, 16, 16)
    for layer in (nn.ConvTranspose2d(32, 8, 4, stride=2), nn.ConvTranspose2d(32, 8, 3, groups=4)):
        network = nn.Sequential(layer)
        initialise(network, 0)
        inner = layer(x)[:, :, 4:-4, 4:-4]
        assert float(inner.detach().var()) == pytest.approx(2.0, rel=0.15)
    assert fan_in(nn.Conv2d(6, 4, 3, groups=2), (4, 3, 3, 3)) == 27


def test_x10_attention_is_counted():
    tokens, width, hidden = 4, 16, 32
    patch = tokens * width * (3 * 16 + 1)
    feed_forward = tokens * (width * hidden + hidden + hidden * width + width)
    projections = tokens * 4 * (width * width + width)
    products = 2 * tokens * tokens * width
    expected = patch + 2 * (feed_forward + projections + products) + 10 * (width + 1)
    network = Encoder()
    assert flops_of(network) == expected
    biases = tokens * width + 2 * tokens * (hidden + width + 4 * width) + 10
    assert torch_flops(network, torch.zeros(1, 3, 8, 8)) + biases == expected


@pytest.mark.parametrize("spelled_out", [False, True])
def test_x10_spelled_out_or_not(batch, spelled_out):
    module = score_network(lambda: Attention(False), batch, "all", seed=4)
    found = score_network(lambda: Attention(spelled_out), batch, "all", seed=4)
    # What is read off modules' or maps' outputs (fisher, dextr) sees more of attention that is spelled out.
    for column in set(found) - {"fisher", "dextr"}:
        if isinstance(module[column], Missing):
            assert found[column] == module[column]
        else:
            assert found[column] == pytest.approx(module[column], rel=1e-6), column


def test_x10_projections_are_weights(batch):
    network = Encoder().double()
    initialise(network, 7)
    projection = network.layers.layers[1].self_attn.in_proj_weight
    assert float(projection.detach().std()) == pytest.approx(math.sqrt(2.0 / 16), rel=0.1)
    found = score_network(network, batch, "l2_norm,grasp,dextr", init="keep")
    maps = [m.weight for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    maps += [layer.self_attn.in_proj_weight for layer in network.layers.layers]
    assert found["l2_norm"] == pytest.approx(sum(float(weight.detach().norm()) for weight in maps))
    assert isinstance(found["grasp"], float)
    assert isinstance(found["dextr"], float)


SPELLINGS: dict[str, Callable[[], nn.Module | Callable]] = {
    "function": lambda: functional.relu,
    "torch": lambda: torch.relu,
    "method": lambda: lambda x: x.relu(),
    "function in place": lambda: lambda x: functional.relu(x, inplace=True),
    "method in place": lambda: lambda x: x.relu_(),
    "module in place": lambda: nn.ReLU(inplace=True),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_x11_relus_however_they_are_written(batch, spelling):
    expected = score_network(lambda: Mixed(nn.ReLU(), nn.ReLU()), batch, "all")
    found = score_network(lambda: Mixed(nn.ReLU(), SPELLINGS[spelling]()), batch, "all")
    assert_same(found, expected)
    assert_same(score_network(lambda: Mixed(SPELLINGS[spelling](), nn.ReLU()), batch, "all"), expected)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.ReLU6, functional.relu6),
        (nn.LeakyReLU, functional.leaky_relu),
        (lambda: nn.Threshold(0.0, 0.0), lambda x: functional.threshold(x, 0.0, 0.0)),
        (nn.ReLU, lambda x: x.clamp(min=0)),
        (nn.GELU, functional.gelu),
    ],
)
def test_x11_other_activations(batch, module, function):
    names = "naswot,swap,linear_region,zen"
    as_module = score_network(lambda: Mixed(module(), module()), batch, names)
    as_function = score_network(lambda: Mixed(function, function), batch, names)
    rectified = ("naswot", "swap", "linear_region")
    assert {c: as_function[c] for c in rectified} == {c: as_module[c] for c in rectified}
    smooth = module is nn.GELU
    assert isinstance(as_module["naswot"], Missing) is smooth
    if smooth:
        assert as_module["naswot"] == Missing("no ReLU")
    else:
        assert as_function["zen"] == as_module["zen"]


def test_x11_naswot_is_the_literal_one(batch):
    network = Mixed().double()
    found = score_network(network, batch, "naswot", init="keep")
    first = network.c0(batch.x)
    second = network.c1(first.relu())
    codes = torch.cat([(h > 0).flatten(1) for h in (first, second)], dim=1)
    agree = (codes[:, None] == codes[None]).sum(2).double()
    assert found["naswot"] == pytest.approx(float(torch.linalg.slogdet(agree).logabsdet), rel=1e-12)


def test_shared_weights_count_once(batch):
    tied = nn.Sequential(nn.Flatten(), nn.Linear(192, 10), nn.Linear(10, 10), nn.Linear(10, 10)).double()
    tied[3].weight = tied[2].weight
    found = score_network(tied, batch, "l2_norm,snip", init="keep")
    weights = (tied[1].weight, tied[2].weight)
    assert found["l2_norm"] == pytest.approx(sum(float(w.detach().norm()) for w in weights))
    assert isinstance(found["snip"], float)


def test_torchs_switches_are_as_before(batch):
    fast = torch.backends.mha.get_fastpath_enabled()
    assert score_network(Encoder, batch, "flops")["flops"] > 0
    assert torch.backends.mha.get_fastpath_enabled() is fast
    assert torch.backends.mkldnn.enabled

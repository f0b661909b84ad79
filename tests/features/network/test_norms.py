"""The norms of the copies against torch's own, and the derivatives that are written out."""

import pytest
import torch
from torch import nn
from torch.func import jvp

from proxyrank.features.network._norms import (
    ElementaryNorm,
    FusedBatchNorm,
    FusedImageNorm,
    RunningNorm,
    _Normalise,
    norms_as,
    use_norm,
)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def _norm(channels: int = 3) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, track_running_stats=False).double()
    with torch.no_grad():
        norm.weight.copy_(torch.linspace(0.5, 2.0, channels))
        norm.bias.copy_(torch.linspace(-1.0, 1.0, channels))
    return norm


def _twice(norm: nn.Module, x: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
    """Output, gradients, and gradients of a function of the gradients."""
    x = x.clone().requires_grad_()
    sources = [x, norm.weight, norm.bias]
    out = norm(x)
    first = torch.autograd.grad((out * y).sin().sum(), sources, create_graph=True)
    second = torch.autograd.grad(sum(g.square().sum() for g in first), sources)
    return [out, *first, *second]


@pytest.mark.parametrize("shape", [(4, 3, 5, 5), (2, 3, 16, 16), (8, 3, 1, 1)])
@pytest.mark.parametrize("kind", [FusedBatchNorm, ElementaryNorm])
def test_like_torch_to_the_second_derivative(kind, shape):
    x, y = _random(*shape), _random(*shape).flip(0)
    expected = _twice(_norm(), x, y)
    norm = _norm()
    norm.__class__ = kind
    layout = torch.channels_last if kind is FusedBatchNorm else torch.contiguous_format
    found = _twice(norm, x.contiguous(memory_format=layout), y)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


def test_each_image_alone():
    x, y = _random(4, 3, 6, 6), _random(4, 3, 6, 6).flip(0)
    norm = use_norm(nn.Sequential(_norm()), FusedBatchNorm)[0]
    norm.__class__ = FusedImageNorm
    out, by_x, *_ = _twice(norm, x.contiguous(memory_format=torch.channels_last), y)
    for i in range(4):
        one = _twice(_norm(), x[i : i + 1], y[i : i + 1])
        torch.testing.assert_close(out[i : i + 1], one[0])
        torch.testing.assert_close(by_x[i : i + 1], one[1])
    norm.__class__ = FusedImageNorm
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        norm(_random(4, 3, 1, 1))


@pytest.mark.parametrize("groups", [1, 3])
def test_numerical_derivatives(groups):
    rows = _random(groups, 7, 4).requires_grad_()
    weight, bias = _random(4).abs().requires_grad_(), _random(4).requires_grad_()

    def normalised(*given):
        return _Normalise.apply(*given, 1e-2)[0]

    assert torch.autograd.gradcheck(normalised, (rows, weight, bias))
    assert torch.autograd.gradgradcheck(normalised, (rows, weight, bias))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d])
def test_elementary_norm_twice_forwards(kind):
    shape = {nn.BatchNorm1d: (6, 3), nn.BatchNorm2d: (6, 3, 2, 2), nn.BatchNorm3d: (2, 3, 2, 2, 2)}[kind]
    norm, x, d = kind(3, affine=kind is not nn.BatchNorm1d).double(), _random(*shape), _random(*shape).flip(0)
    zero = torch.zeros((), dtype=torch.float64)
    one = torch.ones_like(zero)
    with norms_as(norm, (kind,), ElementaryNorm):
        _, twice = jvp(lambda t: jvp(lambda s: norm(x + s * d), (t,), (one,))[1], (zero,), (one,))
    assert type(norm) is kind
    step = 1e-3
    up, at, down = (norm(x + s * d) for s in (step, 0.0, -step))
    torch.testing.assert_close(twice, (up - 2 * at + down) / step**2, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("kind", "shape"),
    [(nn.BatchNorm1d, (4, 3)), (nn.BatchNorm2d, (4, 3, 5, 5)), (nn.BatchNorm3d, (4, 3, 2, 2, 2))],
)
def test_a_trained_norm_in_eval_mode_is_torchs(kind: type, shape: tuple[int, ...], affine: bool) -> None:
    norm = kind(3, affine=affine).double()
    norm(3 + 2 * _random(*shape))  # the running statistics are no longer 0 and 1
    norm.eval().requires_grad_(False)
    if affine:
        norm.weight.copy_(torch.linspace(0.5, 2.0, 3))
        norm.bias.copy_(torch.linspace(-1.0, 1.0, 3))
    x, y = _random(*shape).requires_grad_(), _random(*shape).flip(0)
    out = norm(x)
    (slope,) = torch.autograd.grad((out * y).sum(), x)
    with norms_as(norm, (kind,), RunningNorm):
        assert type(norm) is RunningNorm
        ours = norm(x)
        (other,) = torch.autograd.grad((ours * y).sum(), x)
    assert type(norm) is kind
    torch.testing.assert_close(ours, out)  # double precision, by torch's own tolerance
    torch.testing.assert_close(other, slope)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("channels", [3, 16, 64])
def test_a_fresh_norm_in_eval_mode_has_torchs_bits(channels: int, layout: torch.memory_format) -> None:
    """Tables of untrained networks that were made with torch's norm hold."""
    norm = nn.BatchNorm2d(channels).eval().requires_grad_(False)
    x, y = (_random(4, channels, 8, 8).float().contiguous(memory_format=layout) for _ in range(2))
    x.requires_grad_()
    out = norm(x)
    with norms_as(norm, (nn.BatchNorm2d,), RunningNorm):
        ours = norm(x)
    assert torch.equal(ours, out)
    assert torch.equal(*(torch.autograd.grad(o, x, y)[0] for o in (ours, out)))


def test_a_norm_of_half_precision_in_eval_mode_is_torchs() -> None:
    norm, x = nn.BatchNorm2d(3).eval(), _random(4, 3, 8, 8).bfloat16()  # activations half, statistics single
    with torch.no_grad():
        out = norm(x)
        with norms_as(norm, (nn.BatchNorm2d,), RunningNorm):
            assert torch.equal(norm(x), out)
    assert out.dtype == torch.bfloat16

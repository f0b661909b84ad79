"""GradSign: how far the images' loss gradients agree in sign."""

from collections import defaultdict
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.utils.hooks import RemovableHandle

    from proxyrank.features.network.passes import Passes

    Call = tuple[nn.Module, Tensor, Tensor]
    """A layer, its input and the gradient of its output."""

_APART = 0.1
"""Relative distance between two gradients that rounding does not explain."""


def gradsign(passes: "Passes") -> dict[str, float]:
    """Mean over conv and linear weights of |sum over images of the sign of the gradient|.

    Every image is alone in its batch, so BatchNorm uses the statistics of its pixels. Weights whose gradient
    is zero count in the mean.

    Where the network allows it, one pass serves all images: BatchNorm takes its statistics image by image,
    and a conv or linear layer's gradient for one image follows from that image's share of its input and of
    the gradient of its output. Whether it does is seen from the first image, which runs alone as well; where
    the two gradients differ by more than rounding, every image runs alone.
    """
    alone = _gradient(passes, 0)
    sums = _together(passes, alone)
    if sums is None:
        sums = [slope.sign() for slope in alone]
        for image in range(1, passes.batch.size):
            for total, slope in zip(sums, _gradient(passes, image), strict=True):
                total += slope.sign()
    return {"gradsign": float(sum(s.abs().double().sum() for s in sums)) / sum(s.numel() for s in sums)}


def _gradient(passes: "Passes", image: int) -> list["Tensor"]:
    """Gradient of the loss of one image by every weight."""
    from torch.nn.functional import cross_entropy

    from proxyrank.features.network.layers import checked_logits, gradients

    only = slice(image, image + 1)
    try:
        logits = checked_logits(passes.trainable(passes.images()[only]))
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        raise NotApplicableError("BatchNorm of a single image needs more than one pixel") from None
    return gradients(cross_entropy(logits, passes.batch.y[only]), list(passes.weights.values()))


def _together(passes: "Passes", alone: list["Tensor"]) -> list["Tensor"] | None:
    """Sum over images of the signs of every weight's gradient, from one pass; None where one does not do.

    Parameters
    ----------
    passes
        The network and its batch.
    alone
        Gradients of the first image, alone in its batch.
    """
    import torch

    calls = _calls(passes)
    if calls is None:
        return None
    sums, distance, size = [], 0.0, 0.0
    for name, first in zip(passes.weights, alone, strict=True):
        total = torch.zeros_like(first)
        for image in range(passes.batch.size):
            slope = sum(
                (_slope(layer, x[image : image + 1], g[image : image + 1]) for layer, x, g in calls[name]),
                start=torch.zeros_like(first),
            )
            total += slope.sign()
            if image == 0:
                distance += float((slope - first).square().sum())
                size += float(first.square().sum())
        sums.append(total)
    return sums if distance <= _APART**2 * size else None


def _calls(passes: "Passes") -> dict[str, list["Call"]] | None:
    """Calls of the layers by weight, from one pass; None where a layer or a norm does not allow it."""
    from torch import nn
    from torch.nn.functional import cross_entropy

    from proxyrank.features.network._norms import FusedImageNorm
    from proxyrank.features.network._recording import recorded
    from proxyrank.features.network.layers import checked_logits, gradients, weight_layers

    found: list[tuple[str, nn.Module, Tensor, Tensor]] = []

    def record(name: str, layer: nn.Module) -> "RemovableHandle":
        return layer.register_forward_hook(
            lambda _, inputs, output: found.append((name, layer, inputs[0], output))
        )

    with passes.image_by_image() as network:
        layers = weight_layers(network)
        norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
        if {f"{name}.weight".lstrip(".") for name, _ in layers} != set(passes.weights):
            return None
        if not all(_is_plain(layer) for _, layer in layers) or any(
            type(n) is not FusedImageNorm for n in norms
        ):
            return None
        with recorded([record(f"{name}.weight".lstrip("."), layer) for name, layer in layers]):
            logits = checked_logits(network(passes.images()))
    loss = cross_entropy(logits, passes.batch.y, reduction="sum")
    slopes = gradients(loss, [output for *_, output in found])
    calls: dict[str, list[Call]] = defaultdict(list)
    for (name, layer, x, _), slope in zip(found, slopes, strict=True):
        if len(x) != len(passes.images()):
            return None
        calls[name].append((layer, x.detach(), slope))
    return calls


def _is_plain(layer: "nn.Module") -> bool:
    from torch import nn

    if type(layer) is nn.Conv2d:
        return layer.padding_mode == "zeros" and not isinstance(layer.padding, str)
    return type(layer) is nn.Linear


def _slope(layer: "nn.Module", x: "Tensor", gradient: "Tensor") -> "Tensor":
    """Gradient by the weight of one call."""
    from torch import nn
    from torch.nn.grad import conv2d_weight

    if isinstance(layer, nn.Linear):
        return gradient.flatten(0, -2).T @ x.flatten(0, -2)
    assert isinstance(layer, nn.Conv2d)
    size = layer.weight.shape
    found: Tensor = conv2d_weight(  # type: ignore[no-untyped-call]
        x, size, gradient, layer.stride, layer.padding, layer.dilation, layer.groups
    )
    return found


PROXY = Proxy(
    name="gradsign",
    compute=gradsign,
    meaning="agreement in sign of the images' loss gradients",
    paper="Zhang and Jia, GradSign, ICLR 2022, arXiv 2110.08616",
    labels=True,
    minimum_batch=2,
    cost=4.5,
    depends_on=frozenset({"dead"}),
)

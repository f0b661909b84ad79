"""Layers with weights, and gradients by weight."""

import torch
from torch import Tensor, nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.spaces import described


def weight_layers(network: nn.Module) -> list[tuple[str, nn.Conv2d | nn.Linear]]:
    """Conv and linear layers with their names, in the order of the module tree."""
    kinds = (nn.modules.conv._ConvNd, nn.Linear)
    return [(name, module) for name, module in network.named_modules() if isinstance(module, kinds)]  # type: ignore[misc]


def weight_names(module: nn.Module) -> tuple[str, ...]:
    """Names of the parameters by which a module multiplies: of conv and linear layers and of attention."""
    if isinstance(module, nn.MultiheadAttention):
        return ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight")
    return ("weight",) if isinstance(module, (nn.modules.conv._ConvNd, nn.Linear)) else ()


def map_weights(network: nn.Module) -> dict[str, Tensor]:
    """Weights of the conv and linear maps of a network, by name; shared ones once."""
    found = {
        f"{place}.{name}".lstrip("."): getattr(module, name)
        for place, module in network.named_modules()
        for name in weight_names(module)
    }
    first = {name for name, _ in network.named_parameters()}
    return {name: weight for name, weight in found.items() if name in first}


def gradients(
    output: Tensor, inputs: list[Tensor], *, retain_graph: bool = False, create_graph: bool = False
) -> list[Tensor]:
    """Gradients of a scalar, zero for what it does not depend on."""
    if not output.requires_grad:
        return [torch.zeros_like(tensor) for tensor in inputs]
    found = torch.autograd.grad(
        output, inputs, retain_graph=retain_graph, create_graph=create_graph, allow_unused=True
    )
    return [
        torch.zeros_like(tensor) if gradient is None else gradient
        for tensor, gradient in zip(inputs, found, strict=True)
    ]


def checked_logits(logits: object) -> Tensor:
    """Pass logits [B, K] on.

    Raises
    ------
    NotApplicableError
        If they are anything else.
    """
    if not isinstance(logits, Tensor) or logits.dim() != 2:
        several = "" if isinstance(logits, Tensor) else "; say which are the logits (--logits)"
        raise NotApplicableError(
            f"the module must map images to logits [B, K], got {described(logits)}{several}"
        )
    return logits

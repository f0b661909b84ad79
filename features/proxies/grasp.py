"""GraSP: change of the gradient norm when a weight is removed."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import ZERO_GRADIENT, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def grasp(passes: "Passes") -> dict[str, float]:
    """-w^T H g over conv and linear weights, g and H the gradient and Hessian of the cross-entropy.

    H g is the gradient of <g, g'> with g held and g' the gradient as a function of the weights: a backward
    pass through the backward pass that other proxies read as well. A network whose gradient is zero has no
    value.
    """
    import torch

    from proxyrank.features.network.layers import gradients

    weights = passes.weights
    slopes, _ = passes.loss_graph
    held = passes.loss_gradients.parameters
    if not any(bool(held[name].any()) for name in weights):
        raise NotApplicableError(ZERO_GRADIENT)
    product = sum(((held[name] * slopes[name]).sum() for name in weights), start=torch.zeros(()))
    curvature = gradients(product, list(weights.values()), retain_graph=True)
    terms = (
        float((weight.detach() * slope).sum())
        for weight, slope in zip(weights.values(), curvature, strict=True)
    )
    return {"grasp": 0.0 - sum(terms)}


PROXY = Proxy(
    name="grasp",
    compute=grasp,
    meaning="loss of gradient flow when weights are removed, -w^T H g",
    paper="Wang et al., GraSP, ICLR 2020, arXiv 2002.07376",
    reads=("train_pass", "loss_graph", "loss_gradients"),
    labels=True,
    minimum_batch=2,
    cost=9.0,
)

"""SynFlow: product of the weights along all paths, without data."""

import math
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Missing, Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def synflow(passes: "Passes") -> dict[str, "float | Missing"]:
    """Sum over conv and linear weights of |w dR/dw| in float64, and its natural logarithm.

    R is the sum of the logits of an image of ones, all parameters replaced by their absolute values and
    every BatchNorm by the identity. The values span dozens of orders of magnitude; the logarithm ranks alike.
    """
    import torch
    from torch import nn

    from proxyrank.features.network.layers import checked_logits, gradients, map_weights

    if not passes.batch.x.is_floating_point():
        raise NotApplicableError("needs inputs that are numbers, not words")
    network = passes.copy().double()
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.modules.batchnorm._BatchNorm):
                setattr(parent, name, nn.Identity())
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.abs_()
    weights = list(map_weights(network).values())
    flow = checked_logits(network(torch.ones_like(passes.images()[:1], dtype=torch.float64))).sum()
    slopes = gradients(flow, weights)
    score = sum(float((w.detach() * g).abs().sum()) for w, g in zip(weights, slopes, strict=True))
    if not math.isfinite(score):
        raise NotApplicableError("overflow: synflow beyond 1e308")
    return {
        "synflow": score,
        "synflow_log": math.log(score) if score else Missing("degenerate: zero synflow"),
    }


PROXY = Proxy(
    name="synflow",
    compute=synflow,
    meaning="flow of ones through absolute weights; synflow_log is its logarithm",
    paper="Tanaka et al., SynFlow, NeurIPS 2020, arXiv 2006.05467",
    columns=("synflow", "synflow_log"),
    cost=1.0,
)

"""Zen-Score: sensitivity of the features to a small change of the image, BatchNorm's rescaling undone."""

import math
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor, nn

    from proxyrank.features.network._recording import Outputs
    from proxyrank.features.network.passes import Passes

STEP = 0.01


def zen(passes: "Passes") -> dict[str, float]:
    """Log of the mean L1 change of the features under a step, plus log of the scale of every BatchNorm.

    Weights are standard normal. The features are the last image-shaped output of a leaf module or a ReLU (in
    front of the pooling), of x and of x + 0.01 x2 in train mode. The scale of a BatchNorm is the root of the
    mean of its running variance after the two passes, from a fresh start.
    """
    from torch import nn

    from proxyrank.features.network._recording import unspoilt

    first, second = passes.batch.x, passes.batch.x2
    if second is None:
        raise NotApplicableError("needs a second batch")
    stepped = first + STEP * second
    network = passes.copy()
    passes.standard_normal(network)
    norms = [module for module in network.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    if any(norm.running_var is None for norm in norms):
        raise NotApplicableError("BatchNorm without running statistics")

    def record(apart: bool) -> tuple[float, list["Outputs"]]:
        for norm in norms:
            norm.reset_running_stats()
        ends = [_features(network, passes.images(x), apart) for x in (first, stepped)]
        return float((ends[0].outputs[0] - ends[1].outputs[0]).abs().flatten(1).sum(1).mean()), ends

    change = unspoilt(record)
    scales = [float(norm.running_var.mean()) for norm in norms if norm.running_var is not None]
    if change == 0.0 or 0.0 in scales:
        raise NotApplicableError("degenerate: zero features")
    return {"zen": math.log(change) + sum(math.log(scale) for scale in scales) / 2.0}


def _features(network: "nn.Module", images: "Tensor", apart: bool) -> "Outputs":
    """The last image-shaped output of a leaf module or rectifier, alone."""
    import torch

    from proxyrank.features.network._recording import Outputs, is_image, told

    last = Outputs(apart=apart)

    def tell(output: torch.Tensor) -> torch.Tensor:
        if not is_image(output):
            return output
        last.clear()
        return last(output)

    leaves = [module for module in network.modules() if not list(module.children())]
    with told(leaves, tell), torch.no_grad():
        network(images)
    if not last.outputs:
        raise NotApplicableError("no image-shaped features")
    return last


PROXY = Proxy(
    name="zen",
    compute=zen,
    meaning="sensitivity of the features to the image at standard-normal weights, in logarithms",
    paper="Lin et al., Zen-NAS, ICCV 2021, arXiv 2102.01063",
    second_batch=True,
    minimum_batch=2,
    cost=2.5,
    depends_on=frozenset({"dead"}),
    minimum_network="image-shaped features",
)

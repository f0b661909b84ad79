"""Zen-Score: sensitivity of the features to a small change of the image, BatchNorm's rescaling undone."""

import math
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

STEP = 0.01


def zen(passes: "Passes") -> dict[str, float]:
    """Log of the mean L1 change of the features under a step, plus log of the scale of every BatchNorm.

    Weights are standard normal. The features are the last image-shaped output of a leaf module (in front of
    the pooling), of x and of x + 0.01 x2 in train mode. The scale of a BatchNorm is the root of the mean of
    its running variance after the two passes, from a fresh start.
    """
    import torch
    from torch import nn

    from proxyrank.features.network._recording import LastImage, recorded

    second = passes.batch.x2
    if second is None:
        raise NotApplicableError("needs a second batch")
    network = passes.copy()
    passes.standard_normal(network)
    norms = [module for module in network.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    if any(norm.running_var is None for norm in norms):
        raise NotApplicableError("BatchNorm without running statistics")
    for norm in norms:
        norm.reset_running_stats()
    leaves = [module for module in network.modules() if not list(module.children())]

    def features(x: torch.Tensor) -> torch.Tensor:
        outputs = LastImage()
        with recorded([leaf.register_forward_hook(outputs) for leaf in leaves]), torch.no_grad():
            network(passes.images(x))
        return outputs.last

    first = passes.batch.x
    change = (features(first) - features(first + STEP * second)).abs().flatten(1).sum(1).mean()
    scales = [float(norm.running_var.mean()) for norm in norms if norm.running_var is not None]
    if float(change) == 0.0 or 0.0 in scales:
        raise NotApplicableError("degenerate: zero features")
    return {"zen": math.log(float(change)) + sum(math.log(scale) for scale in scales) / 2.0}


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

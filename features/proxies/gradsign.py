"""GradSign: how far the images' loss gradients agree in sign."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def gradsign(passes: "Passes") -> dict[str, float]:
    """Mean over conv and linear weights of |sum over images of the sign of the gradient|.

    Every image is alone in its batch, so BatchNorm uses the statistics of its pixels. Weights whose gradient
    is zero count in the mean.
    """
    import torch
    from torch.nn.functional import cross_entropy

    from proxyrank.features.network.passes import gradients

    weights = list(passes.weights.values())
    images, labels = passes.images(), passes.batch.y
    sums = [torch.zeros_like(weight) for weight in weights]
    for i in range(len(images)):
        try:
            logits = passes.trainable(images[i : i + 1])
        except ValueError as error:
            if "more than 1 value per channel" not in str(error):
                raise
            raise NotApplicableError("BatchNorm of a single image needs more than one pixel") from None
        for total, slope in zip(
            sums, gradients(cross_entropy(logits, labels[i : i + 1]), weights), strict=True
        ):
            total += slope.sign()
    return {"gradsign": float(sum(s.abs().double().sum() for s in sums)) / sum(s.numel() for s in sums)}


PROXY = Proxy(
    name="gradsign",
    compute=gradsign,
    meaning="agreement in sign of the images' loss gradients",
    paper="Zhang and Jia, GradSign, ICLR 2022, arXiv 2110.08616",
    labels=True,
    minimum_batch=2,
    cost=6.5,
    depends_on=frozenset({"dead"}),
)

"""MeCo: smallest eigenvalue of the correlations between the channels of a feature map."""

from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies._spectra import psd_eigenvalues
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes

PIXELS = 64 * 64
"""Pixels of the one random image of the published code."""


def smallest_correlation(features: "Tensor") -> float:
    """Smallest eigenvalue of the Pearson correlation matrix of the channels, over images and pixels.

    A constant channel correlates with nothing, itself included, as in the published code.

    Parameters
    ----------
    features
        [B, C, H, W].
    """
    import torch

    rows = features.detach().permute(1, 0, 2, 3).reshape(features.shape[1], -1)
    rows = rows - rows.mean(dim=1, keepdim=True)
    length = rows.norm(dim=1, keepdim=True)
    rows = torch.where(length > 0, rows / length, 0.0)
    return float(psd_eigenvalues(rows @ rows.T)[0])


def meco(passes: "Passes") -> dict[str, float]:
    """Sum over all modules, containers included, of `smallest_correlation` of their image-shaped outputs.

    In train mode, of as many of the first images as together have the 64 x 64 pixels of the one image that
    the published code draws: a map of C channels needs more than C pixels. A ReLU that is written as a
    function counts as a module.
    """
    images = passes.images()
    maps = all_maps(passes, images[: max(1, -(-PIXELS // images[0, 0].numel()))])
    scores = [smallest_correlation(output) for output in maps if output.dim() == 4]
    if not scores:
        raise NotApplicableError("no image-shaped features")
    return {"meco": sum(scores)}


def all_maps(passes: "Passes", images: "Tensor") -> list["Tensor"]:
    """Outputs of all modules and rectifiers for some images, in train mode, in the order of the calls."""
    import torch

    from proxyrank.features.network._recording import Outputs, told, unspoilt

    def record(apart: bool) -> "tuple[list[Tensor], list[Outputs]]":
        maps = Outputs(apart=apart)
        with told(passes.trainable.modules(), maps), torch.no_grad():
            passes.trainable(images)
        return maps.outputs, [maps]

    return unspoilt(record)


PROXY = Proxy(
    name="meco",
    compute=meco,
    meaning="summed smallest eigenvalues of the correlations between a feature map's channels",
    paper="Jiang et al., MeCo, NeurIPS 2023; github.com/HamsterMimi/MeCo",
    cost=1.0,
    depends_on=frozenset({"dead"}),
    minimum_network="image-shaped features",
)

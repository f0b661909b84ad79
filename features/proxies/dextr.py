"""Dextr: condition of the feature maps, coupled with the curvature of the logits along a circle."""

import math
import warnings
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.proxies.meco import all_maps

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes


def inverse_condition(passes: "Passes") -> float:
    """Sum over all modules of smallest over largest singular value of their output for the first image.

    In train mode, the image alone in its batch; the output [1, C, ...] as C rows. A zero output counts zero.
    """
    import torch

    total = 0.0
    for output in all_maps(passes, passes.images()[:1]):
        values = torch.linalg.svdvals(output[0].reshape(len(output[0]), -1))
        if float(values[0]) > 0.0:
            total += float(values[-1] / values[0])
    return total


def extrinsic_curvature(velocity: "Tensor", acceleration: "Tensor") -> float:
    """Curvature sqrt(|v|^2 |a|^2 - (v a)^2) / |v|^3 of a curve with derivatives v and a (Poole et al., 2016).

    Parameters
    ----------
    velocity, acceleration
        [K].

    Raises
    ------
    NotApplicableError
        If the curve stands still.
    """
    v, a = velocity.double(), acceleration.double()
    speed = float(v @ v)
    if speed == 0.0:
        raise NotApplicableError("degenerate: logits do not depend on the image")
    area = max(speed * float(a @ a) - float(v @ a) ** 2, 0.0)
    return math.sqrt(area) / math.pow(speed, 1.5)


def circle_derivatives(passes: "Passes") -> tuple["Tensor", "Tensor"]:
    """First and second derivative [K] of the logits along a circle of images, at its start.

    The circle cos(t) u1 + sin(t) u2 lies in the plane of the first two images, u1 along the first one,
    u1 and u2 orthonormal; every image is alone in its batch, in train mode. Twice forwards.

    Raises
    ------
    NotApplicableError
        If the two images do not span a plane.
    """
    import torch
    from torch import Tensor
    from torch.func import jvp

    from proxyrank.features.network.operations import Elementary

    first, second = passes.batch.x[:2].double().flatten(1)
    first = first / first.norm()
    across = second - (second @ first) * first
    if not float(across.norm()) > 1e-6 * float(second.norm()):  # not a number included
        raise NotApplicableError("degenerate: the first two images do not span a plane")
    start, ahead = (
        passes.images(axis.to(passes.batch.x).view_as(passes.batch.x[:1]))
        for axis in (first, across / across.norm())
    )
    zero = start.new_zeros(())
    one = torch.ones_like(zero)
    with passes.smooth() as network, torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, at the first use of its rules

        def logits(angle: Tensor) -> Tensor:
            found: Tensor = network(start * angle.cos() + ahead * angle.sin())[0]
            return found

        with Elementary():
            derivatives = jvp(lambda angle: jvp(logits, (angle,), (one,))[1], (zero,), (one,))
    return derivatives[0], derivatives[1]


def dextr(passes: "Passes") -> dict[str, float]:
    """Log(1 + S) log(1 + k) / (log(1 + S) + log(1 + k)).

    S is `inverse_condition`, k the `extrinsic_curvature` of the logits at one point of a circle of images, as
    the paper has it (the published script sums the logits first, which leaves only rounding of k).
    """
    condition = math.log1p(inverse_condition(passes))
    curvature = math.log1p(extrinsic_curvature(*circle_derivatives(passes)))
    if condition + curvature == 0.0:
        raise NotApplicableError("degenerate: zero features")
    return {"dextr": condition * curvature / (condition + curvature)}


PROXY = Proxy(
    name="dextr",
    compute=dextr,
    meaning="harmonic coupling of the feature maps' inverse condition numbers and the logits' curvature",
    paper="Asthana et al., Dextr, TMLR 2025, arXiv 2508.12977",
    minimum_batch=2,
    cost=1.0,
    depends_on=frozenset({"dead"}),
)

"""GraSP: change of the gradient norm when a weight is removed."""

import warnings
from typing import TYPE_CHECKING, Any

from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def grasp(passes: "Passes") -> dict[str, float]:
    """-w^T H g over conv and linear weights, g and H the gradient and Hessian of the cross-entropy.

    H g is the derivative of the gradient along g, by forward-mode differentiation of the backward pass:
    cheaper, in time and memory, than the double backward pass of the published code.
    """
    import torch
    from torch.autograd import forward_ad
    from torch.func import functional_call
    from torch.nn.functional import cross_entropy

    slopes = passes.loss_gradients.parameters
    network = passes.twice_differentiable()
    make_dual: Any = forward_ad.make_dual
    unpack_dual: Any = forward_ad.unpack_dual
    with warnings.catch_warnings(), forward_ad.dual_level():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, at the first use of its rules
        duals = {
            name: make_dual(weight.detach().requires_grad_(), slopes[name])
            for name, weight in passes.weights.items()
        }
        loss = cross_entropy(functional_call(network, duals, (passes.images(),)), passes.batch.y)
        gradient = torch.autograd.grad(loss, list(duals.values()), allow_unused=True)
        product = [None if g is None else unpack_dual(g).tangent for g in gradient]
    terms = (
        float((weight.detach() * hg).sum())
        for weight, hg in zip(passes.weights.values(), product, strict=True)
        if hg is not None
    )
    return {"grasp": 0.0 - sum(terms)}


PROXY = Proxy(
    name="grasp",
    compute=grasp,
    meaning="loss of gradient flow when weights are removed, -w^T H g",
    paper="Wang et al., GraSP, ICLR 2020, arXiv 2002.07376",
    reads=("loss_gradients",),
    labels=True,
    minimum_batch=2,
    cost=12.0,
)

"""Slow, literal transcription of the published VKDNW estimator (arXiv 2502.04975), the tests' oracle.

Per-sample Jacobians by vmap over jacrev of a functional call with respect to the chosen scalars, explicit
Cholesky factors with the published half-precision smoothing, singular values by torch.svd. It shares no code
with the package.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev, vmap


def literal_jacobian(network: nn.Module, x: Tensor, tensors: int = 128, weights: int = 1) -> Tensor:
    """[B, K, d] derivatives of the logits by ``weights`` scalars of each of the first ``tensors`` tensors."""
    network.eval()
    parameters = {name: p.detach() for name, p in network.named_parameters()}
    buffers = {name: b.detach() for name, b in network.named_buffers()}
    names = list(parameters)[:tensors]
    where = {name: torch.linspace(0, parameters[name].numel() - 1, weights).long() for name in names}
    scalars = {name: parameters[name].flatten()[where[name]] for name in names}

    def predict(chosen: dict[str, Tensor], image: Tensor) -> Tensor:
        full = dict(parameters)
        for name, values in chosen.items():
            flat = full[name].flatten().clone()
            flat[where[name]] = values
            full[name] = flat.view(parameters[name].shape)
        return functional_call(network, {**full, **buffers}, (image.unsqueeze(0),)).squeeze(0)

    blocks = vmap(jacrev(predict), in_dims=(None, 0))(scalars, x)
    return torch.cat([blocks[name].flatten(2) for name in names], dim=2).detach()


def literal_factor(logits: Tensor) -> Tensor:
    """[K, K] Cholesky factor of diag(p) - p p^T for one sample's smoothed probabilities, entry by entry."""
    classes = len(logits)
    alpha = torch.tensor(0.05, dtype=torch.float16)
    kept, uniform = (1 - alpha).to(logits), (alpha / classes).to(logits)
    p = kept * torch.softmax(logits, dim=0) + uniform
    q = 1 - torch.cumsum(p, dim=0)
    q[-1] = 0
    factor = logits.new_zeros(classes, classes)
    for j in range(classes):
        before = q[j - 1] if j else logits.new_ones(())
        diagonal = torch.sqrt(p[j] * q[j] / before)
        factor[j, j] = diagonal
        for i in range(j + 1, classes):
            factor[i, j] = -p[i] / q[j] * diagonal
    return factor


def literal_matrix(jacobian: Tensor, logits: Tensor, form: str = "published") -> Tensor:
    """[d, d] mean over the batch of J^T L^T L J, or of J^T L L^T J for the form ``fisher``."""
    total = jacobian.new_zeros(jacobian.shape[2], jacobian.shape[2])
    for j, z in zip(jacobian, logits, strict=True):
        factor = literal_factor(z)
        root = (factor if form == "published" else factor.T) @ j
        total += root.T @ root
    return total / len(jacobian)


def literal_entropy(eigenvalues: Tensor) -> tuple[list[float], float]:
    """Deciles 0.1 to 0.9 and their entropy."""
    levels = torch.arange(1, 10).to(eigenvalues) / 10
    deciles = torch.quantile(eigenvalues, levels)
    t = deciles / (deciles.abs().sum() + 1e-10)
    return deciles.tolist(), float(-(t * torch.log(t + 1e-10)).sum())


def literal_vkdnw(network: nn.Module, x: Tensor, form: str = "published") -> dict[str, object]:
    """Everything at the paper's setting."""
    jacobian = literal_jacobian(network, x)
    with torch.no_grad():
        matrix = literal_matrix(jacobian, network(x), form)
    eigenvalues = torch.svd(matrix)[1]
    deciles, entropy = literal_entropy(eigenvalues)
    return {"eigenvalues": eigenvalues.tolist(), "deciles": deciles, "entropy": entropy}

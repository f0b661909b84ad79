"""Slow, literal transcriptions of the published proxies: the tests' oracles, and the benchmark's other side.

Each does what the published code does, step by step (proxies after the code that VKDNW publishes, those of
NAS-Bench-Suite-Zero after their papers), on a network that it may spoil. They share no code with the package.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

Signs = Callable[[tuple[int, ...]], Tensor]


@dataclass
class Subject:
    """A network in train mode, two batches, random signs, and a network of standard-normal weights."""

    network: nn.Module
    x: Tensor
    y: Tensor
    x2: Tensor
    y2: Tensor
    signs: Signs
    normal: nn.Module


def _layers(network: nn.Module) -> list[nn.Module]:
    return [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]


def _blocks(s: Subject) -> tuple[list[Tensor], Tensor]:
    """Output of the stem and of every block, and the logits."""
    found: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda m, i, o: found.append(o))
        for module in (s.network.stem, *s.network.blocks)
    ]
    logits = s.network(s.x)
    for hook in hooks:
        hook.remove()
    return found, logits


def az_nas(s: Subject) -> dict[str, float]:
    """Expressivity, progressivity and trainability, from one forward pass."""
    features, _ = _blocks(s)
    entropies = []
    for f in features:
        rows = f.detach().permute(0, 2, 3, 1).reshape(-1, f.shape[1])
        rows = rows - rows.mean(dim=0)
        values = torch.linalg.eigvalsh(rows.T @ rows / len(rows))
        share = values / values.sum()
        entropies.append(float((-share * torch.log(share + 1e-8)).sum()))
    scores = []
    for i in reversed(range(1, len(features))):
        out, into = features[i], features[i - 1]
        g_out = s.signs(tuple(out.shape)).to(out)
        (g_in,) = torch.autograd.grad(out, into, g_out, retain_graph=True)
        if g_out.shape == g_in.shape and bool(torch.all(g_in == g_out)):
            scores.append(-math.inf)
            continue
        if g_out.shape[2:] != g_in.shape[2:]:
            factor = g_in.shape[2] // g_out.shape[2]
            g_in = nn.functional.pixel_unshuffle(g_in, factor)
        rows_out = g_out.permute(0, 2, 3, 1).reshape(-1, g_out.shape[1])
        rows_in = g_in.permute(0, 2, 3, 1).reshape(-1, g_in.shape[1])
        sigma = float(torch.linalg.svdvals(rows_in.T @ rows_out / len(rows_out)).max())
        scores.append(-sigma - 1 / (sigma + 1e-6) + 2)
    return {
        "expressivity": sum(entropies),
        "progressivity": min(b - a for a, b in pairwise(entropies)),
        "trainability": sum(scores) / len(scores),
    }


def _input_gradient(s: Subject) -> np.ndarray:
    x = s.x.clone().requires_grad_()
    logits = s.network(x)
    logits.backward(torch.ones_like(logits))
    assert x.grad is not None
    return x.grad.reshape(len(x), -1).double().numpy()


def jacov(s: Subject) -> dict[str, float]:
    values = np.linalg.eigvalsh(np.corrcoef(_input_gradient(s)))
    return {"jacov": float(-np.sum(np.log(values + 1e-5) + 1 / (values + 1e-5)))}


def epe_nas(s: Subject) -> dict[str, float]:
    """Up to 100 classes: the sum of |sum of log(|correlations| + 1e-5)| over the classes of the batch."""
    jacobian, y = _input_gradient(s), s.y.numpy()
    scores = []
    for c in np.unique(y):
        correlation = np.atleast_2d(np.corrcoef(jacobian[y == c]))
        scores.append(float(np.log(np.abs(correlation) + 1e-5).sum()))
    return {"epe_nas": sum(abs(score) for score in scores)}


def gradsign(s: Subject) -> dict[str, float]:
    """A batch of one at a time."""
    layers = _layers(s.network)
    total = [torch.zeros_like(layer.weight) for layer in layers]
    for i in range(len(s.x)):
        s.network.zero_grad()
        cross_entropy(s.network(s.x[[i]]), s.y[[i]]).backward()
        for t, layer in zip(total, layers, strict=True):
            if layer.weight.grad is not None:
                t += layer.weight.grad.sign()
    return {"gradsign": float(torch.cat([t.flatten() for t in total]).abs().mean())}


def zico(s: Subject) -> dict[str, float]:
    gradients: dict[str, list[np.ndarray]] = {}
    for x, y in ((s.x, s.y), (s.x2, s.y2)):
        s.network.zero_grad()
        cross_entropy(s.network(x), y).backward()
        for name, layer in s.network.named_modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)) and layer.weight.grad is not None:
                gradients.setdefault(name, []).append(layer.weight.grad.flatten().numpy().copy())
    score = 0.0
    for both in gradients.values():
        deviation, mean = np.std(both, axis=0), np.mean(np.abs(both), axis=0)
        ratio = float(np.sum(mean[deviation != 0] / deviation[deviation != 0]))
        score += math.log(ratio) if ratio != 0 else 0.0
    return {"zico": score}


def zen(s: Subject) -> dict[str, float]:
    """Two passes of a network of standard-normal weights, features in front of the pooling."""
    network = s.normal
    kept: list[Tensor] = []
    network.head.register_forward_hook(lambda m, i, o: kept.append(o))
    with torch.no_grad():
        network(s.x)
        network(s.x + 0.01 * s.x2)
    score = float(torch.log((kept[0] - kept[1]).abs().sum(dim=(1, 2, 3)).mean()))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            score += float(torch.log(module.running_var.mean().sqrt()))
    return {"zen": score}


def grad_norm(s: Subject) -> dict[str, float]:
    cross_entropy(s.network(s.x), s.y).backward()
    squares = [float(p.grad.norm() ** 2) for p in s.network.parameters() if p.grad is not None]
    return {"grad_norm": math.sqrt(sum(squares))}


def plain(s: Subject) -> dict[str, float]:
    cross_entropy(s.network(s.x), s.y).backward()
    return {"plain": sum(float((m.weight * m.weight.grad).detach().sum()) for m in _layers(s.network))}


def l2_norm(s: Subject) -> dict[str, float]:
    return {"l2_norm": sum(float(m.weight.detach().norm()) for m in _layers(s.network))}


def fisher(s: Subject) -> dict[str, float]:
    kept: dict[nn.Module, Tensor] = {}

    def keep(module: nn.Module, inputs: object, output: Tensor) -> None:
        output.retain_grad()
        kept[module] = output

    for layer in _layers(s.network):
        layer.register_forward_hook(keep)
    cross_entropy(s.network(s.x), s.y).backward()
    total = 0.0
    for output in kept.values():
        assert output.grad is not None
        product = output.detach() * output.grad
        product = product.sum((2, 3)) if product.dim() == 4 else product
        total += float((0.5 * product.pow(2).mean(0)).sum())
    return {"fisher": total}


def naswot(s: Subject) -> dict[str, float]:
    kernel = np.zeros((len(s.x), len(s.x)))

    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal kernel
        code = (inputs[0].reshape(len(inputs[0]), -1) > 0).float()
        kernel = kernel + (code @ code.T).numpy() + ((1 - code) @ (1 - code.T)).numpy()

    for module in s.network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(count)
    with torch.no_grad():
        s.network(s.x)
    return {"naswot": float(np.linalg.slogdet(kernel)[1])}


def synflow(s: Subject) -> dict[str, float]:
    network = s.network
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.Identity())
    with torch.no_grad():
        for value in network.state_dict().values():
            value.abs_()
    network.double()
    network(torch.ones(1, *s.x.shape[1:], dtype=torch.float64)).sum().backward()
    score = sum(
        float((m.weight * m.weight.grad).detach().abs().sum())
        for m in _layers(network)
        if m.weight.grad is not None
    )
    return {"synflow": score}


def snip(s: Subject) -> dict[str, float]:
    """The loss by masks of ones on the weights."""
    layers = _layers(s.network)
    weights = [layer.weight.detach() for layer in layers]
    masks = [torch.ones_like(weight).requires_grad_() for weight in weights]
    for layer, weight, mask in zip(layers, weights, masks, strict=True):
        del layer._parameters["weight"]
        layer.weight = weight * mask
    cross_entropy(s.network(s.x), s.y).backward()
    return {"snip": sum(float(mask.grad.abs().sum()) for mask in masks if mask.grad is not None)}


def grasp(s: Subject) -> dict[str, float]:
    """The gradient from one forward pass, its product with the gradient as a function from another."""
    weights = [layer.weight for layer in _layers(s.network)]
    held = torch.autograd.grad(cross_entropy(s.network(s.x), s.y), weights, allow_unused=True)
    loss = cross_entropy(s.network(s.x), s.y)
    slopes = torch.autograd.grad(loss, weights, create_graph=True, allow_unused=True)
    z = sum((a * b).sum() for a, b in zip(held, slopes, strict=True) if b is not None)
    z.backward()
    return {"grasp": sum(float(-(w * w.grad).detach().sum()) for w in weights if w.grad is not None)}


def te_nas(s: Subject) -> dict[str, float]:
    """A backward pass an image for the kernel, then another forward pass for the patterns."""
    logits = s.network(s.x)
    rows = []
    for i in range(len(s.x)):
        logits[i : i + 1].backward(torch.ones_like(logits[i : i + 1]), retain_graph=True)
        row = [
            p.grad.flatten()
            for name, p in s.network.named_parameters()
            if "weight" in name and p.grad is not None
        ]
        rows.append(torch.cat(row))
        s.network.zero_grad()
    grads = torch.stack(rows)
    values = torch.linalg.eigvalsh(torch.einsum("nc,mc->nm", grads, grads))
    cond = float(values[-1] / values[0])
    patterns: list[Tensor] = []
    for module in s.network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda m, i, o: patterns.append(o.reshape(len(o), -1)))
    with torch.no_grad():
        s.network(s.x)
        active = torch.cat(patterns, dim=1).sign().half()
        differ = active @ (1 - active).T
        differ = 1 - (differ + differ.T).sign()
        regions = float((1 / differ.sum(dim=1).float()).sum())
    return {"ntk": -cond, "linear_region": round(regions, 6)}


def sizes(s: Subject) -> dict[str, float]:
    """Multiply-accumulates of conv and linear layers, plus one a bias output; parameters."""
    total = 0

    def count(layer: nn.Module, inputs: object, output: Tensor) -> None:
        nonlocal total
        total += output[0].numel() * (layer.weight[0].numel() + (layer.bias is not None))

    for layer in _layers(s.network):
        layer.register_forward_hook(count)
    with torch.no_grad():
        s.network.eval()(s.x[:1])
    return {"flops": float(total), "params": float(sum(p.numel() for p in s.network.parameters()))}


def meco(s: Subject) -> dict[str, float]:
    """Of one random image of 64 x 64; general eigenvalues of every module's Pearson matrix, as published."""
    found: list[Tensor] = []

    def keep(module: nn.Module, inputs: object, output: Tensor) -> None:
        rows = output[0].detach()
        matrix = torch.atleast_2d(torch.corrcoef(rows.reshape(len(rows), -1)))
        matrix[torch.isnan(matrix) | torch.isinf(matrix)] = 0
        found.append(torch.linalg.eig(matrix)[0].real.min())

    for module in s.network.modules():
        module.register_forward_hook(keep)
    image = s.x if s.x.shape[-1] == 64 else torch.randn(1, s.x.shape[1], 64, 64, dtype=s.x.dtype)
    s.network(image[:1])
    return {"meco": float(torch.stack(found).sum())}


def swap(s: Subject) -> dict[str, float]:
    kept: list[Tensor] = []
    for module in s.network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(
                lambda m, i, o: kept.append(o.reshape(len(o), -1)) if i[0].dim() == 4 else None
            )
    with torch.no_grad():
        s.network(s.x)
        return {"swap": float(len(torch.unique(torch.cat(kept, dim=1).sign().T, dim=0)))}


def dextr(s: Subject) -> dict[str, float]:
    """Singular values of every module's first output; derivatives along a circle by backward passes."""
    ratios: list[float] = []

    def keep(module: nn.Module, inputs: object, output: Tensor) -> None:
        values = torch.linalg.svdvals(output[0].detach().reshape(len(output[0]), -1))
        ratios.append(float(values.min() / values.max()) if float(values.max()) > 0 else 0.0)

    hooks = [module.register_forward_hook(keep) for module in s.network.modules()]
    with torch.no_grad():
        s.network(s.x[:1])
    for hook in hooks:
        hook.remove()
    first = s.x[0].flatten() / s.x[0].norm()
    second = s.x[1].flatten() - (s.x[1].flatten() @ first) * first
    second = second / second.norm()
    angle = torch.zeros((), dtype=s.x.dtype, requires_grad=True)
    image = (first * angle.cos() + second * angle.sin()).reshape(1, *s.x.shape[1:])
    velocity, acceleration = [], []
    for logit in s.network(image)[0]:
        (slope,) = torch.autograd.grad(logit, angle, create_graph=True)
        velocity.append(slope.item())
        acceleration.append(torch.autograd.grad(slope, angle, retain_graph=True)[0].item())
    v, a = np.array(velocity), np.array(acceleration)
    kappa = math.sqrt(max((v @ v) * (a @ a) - (v @ a) ** 2, 0.0)) * (v @ v) ** -1.5
    one, two = math.log(1 + sum(ratios)), math.log(1 + kappa)
    return {"dextr": one * two / (one + two)}


def least_component(s: Subject) -> dict[str, float]:
    """Squared singular values of the centred features, as shares; no covariance, no eigenvalues."""
    least = []
    for f in _blocks(s)[0]:
        rows = f.detach().permute(0, 2, 3, 1).reshape(-1, f.shape[1])
        power = torch.linalg.svdvals(rows - rows.mean(dim=0)).square()
        least.append(float(power.min() / power.sum()))
    return {"least_component": min(least)}


PUBLISHED: dict[str, Callable[[Subject], dict[str, float]]] = {
    "sizes": sizes,
    "az_nas": az_nas,
    "jacov": jacov,
    "gradsign": gradsign,
    "zico": zico,
    "zen": zen,
    "grad_norm": grad_norm,
    "naswot": naswot,
    "synflow": synflow,
    "snip": snip,
    "grasp": grasp,
    "te_nas": te_nas,
    "fisher": fisher,
    "epe_nas": epe_nas,
    "l2_norm": l2_norm,
    "plain": plain,
}
"""Every published computation of the groups zcs, by name; each gives one or more columns."""

NEWER: dict[str, Callable[[Subject], dict[str, float]]] = {
    "meco": meco,
    "swap": swap,
    "dextr": dextr,
    "least_component": least_component,
}
"""The same of the group zcs_extra."""

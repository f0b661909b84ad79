"""What several proxies need of one network, computed once, when it is first asked for.

Each cached property is one intermediate result, always computed in the same way from the network and the
batch alone. A proxy therefore reads the same bits whether it is asked for alone, together with others, first
or last. The network that is handed in is only copied, never run in train mode.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network._copying import copy_of
from proxyrank.features.network._norms import (
    ElementaryNorm,
    FusedBatchNorm,
    FusedImageNorm,
    norms_as,
    use_norm,
)
from proxyrank.features.network._recording import CodeAgreement, Outputs, blocks_told, unspoilt
from proxyrank.features.network.batch import Batch
from proxyrank.features.network.layers import checked_logits, gradients, map_weights
from proxyrank.features.network.operations import PRODUCTS, FunctionOutputs, Rectifiers
from proxyrank.features.network.parametrised import folded
from proxyrank.features.spectrum.describe import vkdnw_features
from proxyrank.features.spectrum.fisher_settings import FisherSettings

T = TypeVar("T")

Signs = Callable[[tuple[int, ...]], Tensor]
"""Shape -> random signs (-1 or 1); consecutive calls go on in one stream."""

READS: dict[str, tuple[str, ...]] = {
    "train_pass": (),
    "loss_graph": ("train_pass",),
    "loss_gradients": ("train_pass",),
    "second_loss_gradients": (),
    "input_gradient": ("train_pass",),
    "fisher_spectrum": (),
}
"""The shared passes, and which of the others each one reads."""


@dataclass(frozen=True)
class TrainPass:
    """Forward pass of the first batch in train mode, its graph kept.

    Attributes
    ----------
    images
        The batch [B, ...]; requires a gradient.
    logits
        [B, K].
    blocks
        Outputs f_0..f_n of the network's blocks (see `blocks_told`), 4-d ones only.
    layers
        Outputs of the convolutions and linear maps, in the order of the calls.
    code_agreement
        [B, B] float64: on how many ReLU units two images agree (both on or both off).
    code_length
        Number of ReLU units an image.
    """

    images: Tensor
    logits: Tensor
    blocks: list[Tensor]
    layers: list[Tensor]
    code_agreement: np.ndarray
    code_length: int


@dataclass(frozen=True)
class LossGradients:
    """Gradients of the mean cross-entropy.

    Attributes
    ----------
    parameters
        One a parameter, by name, zero where the loss does not depend on it.
    saliency
        For every conv and linear layer [B, C]: sum over pixels of output times gradient of the output.
    """

    parameters: dict[str, Tensor]
    saliency: list[Tensor]


class Passes:
    """Shared passes of one network and one batch.

    Parameters
    ----------
    network
        An initialised module from images to logits, as proxies are to see it; left as it is. Computed weights
        (weight norm) are seen as ordinary parameters (`folded`).
    batch
        Images and labels, of the network's precision and on its device.
    signs
        Makes a fresh stream of random signs (trainability).
    standard_normal
        Fills the conv and linear weights of a network with standard-normal draws (zen).
    channels_last
        Store activations pixel by pixel. Two to five times faster on a CPU; values differ by rounding. A
        network that views activations as vectors (``x.view``) cannot run so.
    fisher
        Options of vkdnw; the paper's where not given.
    """

    def __init__(
        self,
        network: nn.Module,
        batch: Batch,
        *,
        signs: Callable[[], Signs],
        standard_normal: Callable[[nn.Module], None],
        channels_last: bool = False,
        fisher: FisherSettings | None = None,
    ) -> None:
        self.network = folded(network)
        self.batch = batch
        self.signs = signs
        self.standard_normal = standard_normal
        self.fisher = fisher
        self._made: dict[Callable[[Passes], object], object] = {}
        self._format = torch.channels_last if channels_last else torch.preserve_format

    def copy(self) -> nn.Module:
        """Make a private copy in train mode: wants gradients, works out of place, drops nothing.

        Whatever else is random in its passes (functional dropout, stochastic depth) restarts torch's stream
        with every pass, so that no value depends on how many passes went before.
        """
        network = copy_of(self.network).train().requires_grad_(True)
        for parameter in network.parameters():
            parameter.data = self._stored(parameter.data)
        for module in network.modules():
            if isinstance(module, nn.modules.dropout._DropoutNd):
                module.eval()
            if getattr(module, "inplace", False) is True:
                module.inplace = False  # type: ignore[assignment]
        network.register_forward_pre_hook(_restart)
        return network

    @cached_property
    def trainable(self) -> nn.Module:
        """The copy that train-mode passes run: BatchNorm uses batch statistics and records none."""
        network = self.copy()
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.track_running_stats = False
                module.running_mean = module.running_var = module.num_batches_tracked = None
        return use_norm(network, FusedBatchNorm) if self._format == torch.channels_last else network

    @contextmanager
    def image_by_image(self) -> Iterator[nn.Module]:
        """Lend `trainable` with every fused BatchNorm2d seeing each image as if it were alone."""
        with norms_as(self.trainable, (FusedBatchNorm,), FusedImageNorm):
            yield self.trainable

    @contextmanager
    def smooth(self) -> Iterator[nn.Module]:
        """Lend `trainable` with every BatchNorm differentiable in every mode and order."""
        kinds = (FusedBatchNorm, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
        with norms_as(self.trainable, kinds, ElementaryNorm):
            yield self.trainable

    @cached_property
    def weights(self) -> dict[str, Tensor]:
        """Weight tensors of the conv and linear maps of `trainable`, by name."""
        return map_weights(self.trainable)

    def images(self, x: Tensor | None = None) -> Tensor:
        """Return the first batch (or ``x``) in the memory format of the copies."""
        return self._stored((self.batch.x if x is None else x).detach())

    def _stored(self, tensor: Tensor) -> Tensor:
        return tensor.contiguous(memory_format=self._format) if tensor.dim() == 4 else tensor

    @cached_property
    def train_pass(self) -> TrainPass:
        """Forward pass of the first batch with everything recorded."""
        return unspoilt(self._train_pass)

    def _train_pass(self, apart: bool) -> tuple[TrainPass, list[Outputs]]:
        images = self.images().clone()
        images.requires_grad_(images.is_floating_point())
        blocks, layers, agreement = Outputs(apart=apart), Outputs(apart=apart), CodeAgreement()
        with (
            blocks_told(self.trainable, blocks) as between,
            Rectifiers(before=agreement),
            FunctionOutputs({**between, **dict.fromkeys(PRODUCTS, layers)}),
        ):
            logits = checked_logits(self.trainable(images))
        four = [output for output in blocks.outputs if output.dim() == 4]
        run = TrainPass(images, logits, four, layers.outputs, agreement.matrix, agreement.length)
        return run, [blocks, layers]

    @cached_property
    def loss_graph(self) -> tuple[dict[str, Tensor], list[Tensor]]:
        """Gradients of the loss of the first batch, by parameter (by name) and by layer output.

        With their graph, so that they can be differentiated in turn.
        """
        return self._slopes(create_graph=True)

    @cached_property
    def loss_gradients(self) -> LossGradients:
        """Gradients of the loss of the first batch, by parameter and by layer output.

        Taken from `loss_graph` where it is there: a graph changes no bit of them.
        """
        parameters, outputs = self.__dict__.get("loss_graph") or self._slopes()
        products = [
            output.detach() * gradient.detach()
            for output, gradient in zip(self.train_pass.layers, outputs, strict=True)
        ]
        saliency = [product.flatten(2).sum(2) if product.dim() > 2 else product for product in products]
        return LossGradients({name: slope.detach() for name, slope in parameters.items()}, saliency)

    def _slopes(self, *, create_graph: bool = False) -> tuple[dict[str, Tensor], list[Tensor]]:
        run = self.train_pass
        parameters = dict(self.trainable.named_parameters())
        loss = cross_entropy(run.logits, self.batch.y)
        found = gradients(
            loss, [*parameters.values(), *run.layers], retain_graph=True, create_graph=create_graph
        )
        return dict(zip(parameters, found, strict=False)), found[len(parameters) :]

    @cached_property
    def second_loss_gradients(self) -> dict[str, Tensor]:
        """Gradients of the loss of the second batch with respect to the conv and linear weights, by name."""
        if self.batch.x2 is None or self.batch.y2 is None:
            raise NotApplicableError("needs a second batch")
        logits = checked_logits(self.trainable(self.images(self.batch.x2)))
        loss = cross_entropy(logits, self.batch.y2)
        return dict(zip(self.weights, gradients(loss, list(self.weights.values())), strict=True))

    @cached_property
    def input_gradient(self) -> np.ndarray:
        """Gradient of the sum of all logits with respect to the images [B, pixels], float64."""
        run = self.train_pass
        if not run.images.requires_grad:
            raise NotApplicableError("needs a gradient by the input, and words have none")
        (gradient,) = gradients(run.logits.sum(), [run.images], retain_graph=True)
        return gradient.flatten(1).double().cpu().numpy()

    @cached_property
    def fisher_spectrum(self) -> dict[str, float]:
        """Every description of the Fisher information's spectrum, in eval mode, from one Jacobian."""
        return vkdnw_features(self.network, self.batch, settings=self.fisher)

    def once(self, compute: Callable[["Passes"], T]) -> T:
        """What several proxies make of the passes: ``compute`` of them, called the first time only."""
        if compute not in self._made:
            self._made[compute] = compute(self)
        return cast("T", self._made[compute])

    def release(self, still_read: Iterable[str]) -> None:
        """Free the shared passes that no proxy is left to read, directly or through another pass."""
        keep: set[str] = set()
        stack = list(still_read)
        while stack:
            name = stack.pop()
            keep.add(name)
            stack.extend(() if name in self.__dict__ else READS[name])
        for name in set(READS) - keep:
            self.__dict__.pop(name, None)


def _restart(module: nn.Module, inputs: tuple[object, ...]) -> None:
    """Forward pre-hook: torch's generators as they were when they were seeded."""
    torch.manual_seed(torch.initial_seed())

"""The images that settings mean, and their digest: a path may hold others tomorrow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proxyrank.common.digests import parts_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.features.network.score_settings import resolve_device, seeds
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import data_shape

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.batch import Batch

WITHOUT_DATA = ("noise", "pink")
"""Inputs that settings and seed say all about."""

_COUNTED = ("dataset", "batch_size", "seed", "input", "root", "repeats")


def settings_batches(settings: FeatureSettings) -> list["Batch"]:
    """The batches that settings mean, one per repeat.

    Raises
    ------
    ProxyrankError
        If there is no such device, or a source of images cannot be read.
    """
    import torch

    from proxyrank.features.network.batch import input_batch

    dtype: torch.dtype = getattr(torch, settings.dtype)
    device = resolve_device(settings.device)
    shape = data_shape(settings.dataset, square=False)
    return [
        input_batch(
            settings.input, shape, settings.batch_size, seed, root=settings.root, dtype=dtype, device=device
        )
        for seed in seeds(settings)
    ]


def with_digest(settings: FeatureSettings) -> FeatureSettings:
    """The settings with the digest of their images, where ``input`` is a source of images.

    Raises
    ------
    ProxyrankError
        If the source cannot be read.
    """
    if settings.input in WITHOUT_DATA or settings.input_digest is not None:
        return settings
    return settings.changed(input_digest=_digest(settings.only(_COUNTED)))


def check_digest(settings: FeatureSettings, batches: Sequence["Batch"]) -> None:
    """Refuse images that are others than those the settings state.

    Raises
    ------
    ProxyrankError
        Naming the source.
    """
    if settings.input_digest not in (None, batches_digest(batches)):
        raise ProxyrankError(
            f"{settings.input}: other images than the features were made on (digest {settings.input_digest})"
        )


def batches_digest(batches: Sequence["Batch"]) -> str:
    """Short digest of the images [B, C, H, W], in single precision, and labels [B] of batches."""
    tensors = (tensor for own in batches for tensor in (own.x, own.y, own.x2, own.y2))
    return parts_digest(*(b"" if tensor is None else _bytes(tensor) for tensor in tensors))


def _bytes(tensor: "Tensor") -> bytes:
    plain = tensor.float() if tensor.is_floating_point() else tensor
    return plain.cpu().contiguous().numpy().tobytes()


def _digest(settings: FeatureSettings) -> str:
    return batches_digest(settings_batches(settings))

"""Which images a value was made on: a path may hold others tomorrow, so settings state their digest too."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from proxyrank.common.digests import parts_digest
from proxyrank.common.errors import ProxyrankError
from proxyrank.features.settings import FeatureSettings

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.batch import Batch

WITHOUT_DATA = ("noise", "pink")
"""Inputs that settings and seed say all about."""

_COUNTED = ("dataset", "batch_size", "seed", "input", "root", "repeats")


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


@lru_cache(maxsize=8)
def _digest(settings: FeatureSettings) -> str:
    from proxyrank.features.network.score import settings_batches

    return batches_digest(settings_batches(settings))

"""Everything that a score depends on besides the architecture and the proxy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.seeds import derive_seed
from proxyrank.features.proxies.base import Proxy
from proxyrank.spaces import DataShape, data_shape

if TYPE_CHECKING:
    import torch

    from proxyrank.features.spectrum.describe import FisherSettings


@dataclass(frozen=True)
class ScoreSettings:
    """All that a score depends on besides the architecture and the proxy.

    Attributes
    ----------
    dataset
        Classes and resolution, see `DATASETS`.
    batch_size
        Images a batch.
    seed
        Seed of weights, images, labels and random signs.
    input
        ``noise`` (white), ``pink`` (`pink_batch`), or a source of images as `image_batch` takes it.
    root
        Folder of torchvision's data.
    dtype
        Precision of weights and images.
    device
        ``cpu``, ``cuda``, ``cuda:1``, or ``auto``: CUDA where there is one.
    repeats
        Scores with how many seeds; more than one gives means, and columns ``*_std`` of their spread.
    fisher_form, fisher_tensors, fisher_weights, fisher_position
        The Fisher matrix of vkdnw: its form, how many parameter tensors, how many weights a tensor, where.
    """

    dataset: str = "cifar10"
    batch_size: int = 64
    seed: int = 0
    input: str = "noise"
    root: str | None = None
    dtype: Literal["float32", "float64"] = "float32"
    device: str = "cpu"
    repeats: int = 1
    fisher_form: str = "published"
    fisher_tensors: int = 128
    fisher_weights: int = 1
    fisher_position: float | Literal["random"] = 0.0

    def __post_init__(self) -> None:
        if self.dtype not in ("float32", "float64"):
            raise unknown("dtype", self.dtype, ("float32", "float64"))
        for name in ("batch_size", "repeats"):
            if getattr(self, name) < 1:
                raise ProxyrankError(f"{name} must be at least 1, got {getattr(self, name)}")

    @property
    def config(self) -> DataShape:
        """Shape of the data set."""
        return data_shape(self.dataset)

    def seeds(self) -> list[int]:
        """One seed a repeat; the first is ``seed`` itself."""
        return [self.seed, *(derive_seed("repeat", self.seed, r) for r in range(1, self.repeats))]


def check_batch_size(batch_size: int, proxies: Sequence[Proxy]) -> None:
    """Refuse a batch that is too small for some of the proxies, before anything is built.

    Raises
    ------
    ProxyrankError
        Naming the minimum and the proxies that need it.
    """
    needy = [proxy for proxy in proxies if proxy.minimum_batch > batch_size]
    if needy:
        least = max(proxy.minimum_batch for proxy in needy)
        names = ", ".join(proxy.name for proxy in needy)
        raise ProxyrankError(f"batch size must be at least {least}, got {batch_size} (needed by {names})")


def resolve_device(device: str) -> "torch.device":
    """Find the device; ``auto`` is CUDA where there is one and the CPU elsewhere.

    Raises
    ------
    ProxyrankError
        If CUDA is asked for and there is none, or the name is no device.
    """
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError:
        raise unknown("device", device, ("auto", "cpu", "cuda", "cuda:0", "...")) from None
    if found.type == "cuda" and (found.index or 0) >= torch.cuda.device_count():
        raise ProxyrankError(
            f"device {device} was asked for, but torch sees {torch.cuda.device_count()} CUDA devices"
        )
    return found


def fisher_settings(settings: ScoreSettings) -> "FisherSettings":
    """Build the Fisher options of the settings."""
    from proxyrank.features.spectrum.describe import FisherSettings
    from proxyrank.features.spectrum.selection import Selection

    selection = Selection(
        tensors=settings.fisher_tensors,
        weights=settings.fisher_weights,
        position=settings.fisher_position,
        seed=settings.seed,
    )
    return FisherSettings(selection=selection, form=settings.fisher_form)  # type: ignore[arg-type]

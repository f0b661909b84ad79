"""What a score makes of its settings: device, seeds of the repeats, Fisher options, batch size."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.seeds import derive_seed
from proxyrank.features.proxies.base import Proxy
from proxyrank.features.settings import FeatureSettings

if TYPE_CHECKING:
    import torch

    from proxyrank.features.spectrum.fisher_settings import FisherSettings


def seeds(settings: FeatureSettings) -> list[int]:
    """One seed per repeat; the first is the settings' own."""
    return [settings.seed, *(derive_seed("repeat", settings.seed, r) for r in range(1, settings.repeats))]


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


def settings_of_proxies(
    proxies: Sequence[Proxy], settings: FeatureSettings
) -> dict[FeatureSettings, list[Proxy]]:
    """Proxies by the settings they are scored with: what was given counts for all, else each has its own.

    Raises
    ------
    ProxyrankError
        If a batch is too small for a proxy.
    """
    ways: dict[FeatureSettings, list[Proxy]] = {}
    for proxy in proxies:
        ways.setdefault(settings.filled(proxy.defaults), []).append(proxy)
    for size in dict.fromkeys(own.batch_size for own in ways):
        together = {proxy.name for own, some in ways.items() if own.batch_size == size for proxy in some}
        check_batch_size(size, [proxy for proxy in proxies if proxy.name in together])
    return ways


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


def fisher_settings(settings: FeatureSettings) -> "FisherSettings":
    """Build the Fisher options of the settings."""
    from proxyrank.features.spectrum.fisher_settings import FisherSettings
    from proxyrank.features.spectrum.selection import Selection

    selection = Selection(
        tensors=settings.fisher_tensors,
        weights=settings.fisher_weights,
        position=settings.fisher_position,
        seed=settings.seed,
    )
    return FisherSettings(selection=selection, form=settings.fisher_form)

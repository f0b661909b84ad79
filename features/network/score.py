"""Scores of untrained networks: initialise, run the proxies over shared passes, one network at a time."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.common.limits import SCORING, user_code
from proxyrank.common.memory import is_out_of_memory
from proxyrank.common.progress import track
from proxyrank.common.seeds import derive_rng, derive_seed
from proxyrank.features.network.batches import check_digest, settings_batches
from proxyrank.features.network.planner import OUT_OF_MEMORY, run_proxies
from proxyrank.features.network.score_rows import Values, mean_and_spread, score_columns, score_rows
from proxyrank.features.network.score_settings import (
    check_batch_size,
    fisher_settings,
    seeds,
    settings_of_proxies,
)
from proxyrank.features.proxies import Missing, Proxy, columns_of, get_proxies
from proxyrank.features.rows import Rows
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import DataShape, SearchSpace, require, time_limit_of

if TYPE_CHECKING:
    import torch
    from torch import nn

    from proxyrank.features.network.batch import Batch


_log = logging.getLogger(__name__)


def score_archs(
    space: SearchSpace,
    archs: Sequence[str],
    proxies: str | Sequence[str] = "all",
    settings: FeatureSettings | Mapping[str, Any] | None = None,
    *,
    limit: float | None = None,
) -> Rows:
    """Scores of architectures of a space; one network is alive at a time.

    Parameters
    ----------
    space
        Their search space.
    archs
        Any accepted spelling; repeats are dropped, the order is kept.
    proxies
        Names, as `get_proxies` takes them.
    settings
        Settings, or a mapping as `FeatureSettings.of` takes it; the defaults where not given.
    limit
        Seconds that one network may take, a seed; what takes longer has no value. None: what the space says
        (`proxyrank.spaces.time_limit_of`).

    Returns
    -------
    Rows
        One row per architecture, by exact spelling, with the reasons of gaps. A value depends on
        architecture, proxy and settings only.

    Raises
    ------
    ProxyrankError
        If an architecture, a proxy or a setting is unknown or out of range, or a proxy needs more images.
    """
    return score_archs_with(space, archs, get_proxies(proxies), FeatureSettings.of(settings), limit=limit)


def score_archs_with(
    space: SearchSpace,
    archs: Sequence[str],
    proxies: Sequence[Proxy],
    settings: FeatureSettings,
    *,
    limit: float | None = None,
) -> Rows:
    """Scores of architectures by proxies that need not be registered; otherwise as `score_archs`."""
    require(space, "network", "a score")
    exact = list(dict.fromkeys(space.parse(arch) for arch in archs))
    factories = {arch: _factory(space, arch, settings.dataset) for arch in exact}
    seconds = limit or time_limit_of(space)
    return _score_all(factories, proxies, settings, channels_last=True, limit=seconds)


def score_factories(
    factories: Mapping[str, Callable[[], "nn.Module"]],
    proxies: str | Sequence[str] = "all",
    settings: FeatureSettings | Mapping[str, Any] | None = None,
    *,
    channels_last: bool = False,
    limit: float | None = SCORING,
) -> Rows:
    """Scores of networks that functions without arguments build, by name; otherwise as `score_archs`."""
    return _score_all(
        factories,
        get_proxies(proxies),
        FeatureSettings.of(settings),
        channels_last=channels_last,
        limit=limit,
    )


def _score_all(
    factories: Mapping[str, Callable[[], "nn.Module"]],
    chosen: Sequence[Proxy],
    settings: FeatureSettings,
    *,
    channels_last: bool,
    limit: float | None,
) -> Rows:
    ways = settings_of_proxies(chosen, settings)
    batches = {own: settings_batches(own) for own in ways}
    for own in ways:
        check_digest(own, batches[own])
    if limit is not None:
        _warm_up()
    rows: dict[str, Values] = {name: {} for name in factories}
    for name in track(list(factories), total=len(factories), what="score"):
        for own, proxies in ways.items():
            runs = [
                _score_or_reason(factories[name], batch, proxies, own, seed, channels_last, limit)
                for seed, batch in zip(seeds(own), batches[own], strict=True)
            ]
            rows[name] |= runs[0] if own.repeats == 1 else mean_and_spread(runs)
    return score_rows(rows, score_columns(chosen, settings))


def score_network(
    network: "nn.Module | Callable[[], nn.Module]",
    batch: "Batch",
    proxies: str | Sequence[str] = "all",
    *,
    seed: int = 0,
    init: Literal["kaiming", "keep"] = "kaiming",
    channels_last: bool = False,
    settings: FeatureSettings | Mapping[str, Any] | None = None,
) -> Values:
    """Scores of one network.

    Parameters
    ----------
    network
        A module from images to logits, left untouched, or a function that builds one.
    batch
        Its images and labels; the network is scored in their precision and on their device.
    proxies
        Names, as `get_proxies` takes them.
    seed
        Seed of the weights and of random signs.
    init
        ``kaiming`` draws the weights of a copy anew (`initialise`), ``keep`` takes them as they are.
    channels_last
        See `Passes`.
    settings
        Only its Fisher options are read.

    Returns
    -------
    dict
        A finite number, or `Missing` with the reason, for every column.

    Raises
    ------
    ProxyrankError
        If a proxy is unknown or needs more images.

    Examples
    --------
    >>> import torch
    >>> from proxyrank import score_network
    >>> from proxyrank.features.network.batch import noise_batch
    >>> from proxyrank.spaces import DataShape
    >>> _ = torch.manual_seed(0)
    >>> network = torch.nn.Sequential(
    ...     torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 10)
    ... )
    >>> batch = noise_batch(DataShape(channels=1, resolution=8, classes=10), 4, seed=0)
    >>> score_network(network, batch, ["params", "flops"])
    {'flops': 2890.0, 'params': 1490.0}
    """
    return score_with(
        network,
        batch,
        get_proxies(proxies),
        seed=seed,
        init=init,
        channels_last=channels_last,
        settings=settings,
    )


def score_with(
    network: "nn.Module | Callable[[], nn.Module]",
    batch: "Batch",
    proxies: Sequence[Proxy],
    *,
    seed: int = 0,
    init: Literal["kaiming", "keep"] = "kaiming",
    channels_last: bool = False,
    settings: FeatureSettings | Mapping[str, Any] | None = None,
) -> Values:
    """Scores of one network by proxies that need not be registered; otherwise as `score_network`."""
    from torch import nn

    from proxyrank.features.network._copying import copy_of
    from proxyrank.features.network._wrapped import unwrapped
    from proxyrank.features.network.parametrised import modernise
    from proxyrank.features.network.passes import Passes
    from proxyrank.features.network.weights import fill_standard_normal, initialise

    check_batch_size(batch.size, proxies)
    with own_randomness(derive_seed("score", seed)):
        subject = copy_of(network) if isinstance(network, nn.Module) else network()
        if not isinstance(subject, nn.Module):
            raise NotApplicableError(f"expected a torch.nn.Module, got {type(subject).__name__}")
        subject = unwrapped(subject).to(dtype=batch.dtype, device=batch.x.device)
        modernise(subject)
        if init == "kaiming":
            initialise(subject, seed)
        passes = Passes(
            subject,
            batch,
            signs=lambda: _signs(seed),
            standard_normal=lambda other: fill_standard_normal(other, seed),
            channels_last=channels_last and batch.x.device.type == "cpu",
            fisher=fisher_settings(FeatureSettings.of(settings)),
        )
        return run_proxies(passes, proxies)


@contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """Seeded random state inside, the caller's afterwards; full single precision on CUDA, not TF32."""
    import torch

    tf32 = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    with torch.random.fork_rng(enabled=True):
        torch.manual_seed(seed)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        try:
            yield
        finally:
            torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = tf32


@cache
def _warm_up() -> None:
    """Let torch import what it imports at first use (a second or more): no network is to wait for that."""
    from torch import nn

    from proxyrank.features.network.batch import noise_batch

    shape = DataShape(channels=1, resolution=4)
    tiny = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 10))
    score_network(tiny, noise_batch(shape, 2, seed=0), ["flops", "dextr"])


def _factory(space: SearchSpace, arch: str, dataset: str) -> Callable[[], "nn.Module"]:
    return lambda: require(space, "network", "a score").network(arch, dataset)


def _signs(seed: int) -> Callable[[tuple[int, ...]], "torch.Tensor"]:
    import torch

    rng = derive_rng("signs", seed)
    return lambda shape: torch.from_numpy(2 * rng.integers(0, 2, size=shape, dtype="int8") - 1)


def _score_or_reason(
    factory: Callable[[], "nn.Module"],
    batch: "Batch",
    proxies: Sequence[Proxy],
    settings: FeatureSettings,
    seed: int,
    channels_last: bool,
    limit: float | None,
) -> Values:
    """Scores, or the reason in every column where not even the network could be made."""
    try:
        with user_code(limit, "scoring it"):
            return score_with(
                factory, batch, proxies, seed=seed, channels_last=channels_last, settings=settings
            )
    except ProxyrankError:
        raise
    except NotApplicableError as error:
        return dict.fromkeys(columns_of(proxies), Missing(str(error)))
    except TimeoutError as error:
        return dict.fromkeys(columns_of(proxies), Missing(f"failed: {error}"))
    except (Exception, SystemExit) as error:  # whatever a user's network does
        _log.debug("the network failed", exc_info=error)
        reason = OUT_OF_MEMORY if is_out_of_memory(error) else f"failed: {type(error).__name__}: {error}"
        return dict.fromkeys(columns_of(proxies), Missing(reason))

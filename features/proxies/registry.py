"""The list of zero-cost proxies: a new one is a file, a line here and a test."""

from collections.abc import Iterable
from types import MappingProxyType

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.features.proxies import (
    dextr,
    epe_nas,
    expressivity,
    fisher,
    flops,
    grad_norm,
    gradsign,
    grasp,
    jacov,
    l2_norm,
    least_component,
    linear_region,
    meco,
    naswot,
    ntk,
    params,
    plain,
    progressivity,
    snip,
    swap,
    synflow,
    trace,
    trainability,
    vkdnw,
    vkdnw_drawn,
    vkdnw_extra,
    zen,
    zico,
)
from proxyrank.features.proxies.base import Proxy

_MODULES = (
    *(flops, params, expressivity, progressivity, trainability, jacov, gradsign, zico, zen, grad_norm),
    *(naswot, synflow, snip, grasp, ntk, linear_region, fisher, epe_nas, l2_norm, plain, vkdnw, vkdnw_extra),
    *(meco, swap, dextr, least_component),
)

PROXIES = MappingProxyType({module.PROXY.name: module.PROXY for module in _MODULES})
"""Proxy of each name, in the order of the columns of every table."""


READINGS = MappingProxyType({module.PROXY.name: module.PROXY for module in (trace, vkdnw_drawn)})
"""What is read off a network like a proxy and belongs to no table of proxies; not among ``all``."""


def get_proxies(names: str | Iterable[str] = "all") -> tuple[Proxy, ...]:
    """Proxies by name, each once, in the order of the registry.

    Parameters
    ----------
    names
        ``"all"`` (those of `PROXIES`), names joined by commas, or a sequence of names.

    Raises
    ------
    ProxyrankError
        If a name is unknown (the nearest known one is named) or none is given.
    """
    asked = names.split(",") if isinstance(names, str) else list(names)
    wanted = {name.strip() for name in asked if name.strip()}
    if not wanted:
        raise ProxyrankError(f"no proxy given; known: {', '.join(PROXIES)}, all")
    if "all" in wanted:
        wanted = (wanted - {"all"}) | set(PROXIES)
    known = {**PROXIES, **READINGS}
    for name in sorted(wanted - set(known)):
        raise unknown("proxy", name, (*known, "all"))
    return tuple(proxy for name, proxy in known.items() if name in wanted)


def columns_of(proxies: Iterable[Proxy]) -> list[str]:
    """Columns of the proxies, in their order."""
    return [column for proxy in proxies for column in proxy.columns]

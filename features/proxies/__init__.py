"""Zero-cost proxies: one a file, listed in `registry`. Loading the list does not load torch."""

from proxyrank.features.proxies.base import Missing, Proxy
from proxyrank.features.proxies.registry import PROXIES, columns_of, get_proxies

__all__ = ["PROXIES", "Missing", "Proxy", "columns_of", "get_proxies"]

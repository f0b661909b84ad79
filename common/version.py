"""Versions of this package and of those that it stands on."""

from importlib.metadata import PackageNotFoundError, version

UNKNOWN = "0+unknown"
"""Version of a package whose source lies there but was never installed."""


def version_of(package: str) -> str:
    """Version of an installed package, `UNKNOWN` where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return UNKNOWN


def own_version() -> str:
    """Version of proxyrank."""
    return version_of("proxyrank")

"""Rank untrained neural architectures from a few trained ones.

The package is split by what a thing is for: ``spaces`` (architectures), ``features`` (what is computed of
them), ``models`` (rankers), ``evaluate`` (metrics), ``train`` (splits, fits, benchmarks) and ``cli``.
Importing it loads neither torch nor lightgbm.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("proxyrank")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]

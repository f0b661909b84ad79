"""Rank untrained neural architectures from a few trained ones.

The package is split by what a thing is for: ``spaces`` (architectures), ``features`` (what is computed of
them), ``models`` (rankers), ``evaluate`` (metrics), ``train`` (splits, fits, benchmarks) and ``cli``.
Importing it loads neither torch nor lightgbm.
"""

from proxyrank.common.version import own_version

__version__ = own_version()

__all__ = ["__version__"]

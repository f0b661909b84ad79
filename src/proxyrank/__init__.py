"""Rank untrained neural architectures from a few trained ones.

The names below are what most programs need; each is imported when first used, so that importing the package
loads neither torch nor lightgbm nor pandas. What else there is lies in folders by purpose: ``spaces``
(architectures), ``features`` (what is computed of them), ``models`` (rankers), ``evaluate`` (metrics),
``train`` (splits, fits, studies), ``search`` (what to train next), ``testing`` (contracts for your own),
``paper`` (the published tables), ``cli`` and ``common``.
"""

import lazy_loader

from proxyrank.common.version import own_version

__getattr__, _names, _all = lazy_loader.attach_stub(__name__, __file__)
__version__ = own_version()
__all__ = ["__version__", *_all]


def __dir__() -> list[str]:
    return sorted(__all__)

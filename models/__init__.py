"""Rankers: scikit-learn estimators on feature arrays, and a thin wrapper on architecture strings.

The names are listed in ``__init__.pyi`` and imported when first used: the package itself loads neither
scikit-learn nor lightgbm.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

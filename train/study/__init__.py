"""Hyperparameter studies: repeated cross-validation inside the training part, by Optuna.

The names are listed in ``__init__.pyi`` and imported when first used: the package itself loads neither Optuna
nor LightGBM.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

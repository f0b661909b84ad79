"""Rankers: scikit-learn estimators on feature arrays, and a thin wrapper on architecture strings.

Names are imported when first used: the package itself loads neither scikit-learn nor lightgbm.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxyrank.models.base import Ranker
    from proxyrank.models.card import LabelCard, RankerCard, SplitCard
    from proxyrank.models.catalogue import MODELS, ModelInfo, make_model, model_class
    from proxyrank.models.estimators.ensemble import EnsembleRanker
    from proxyrank.models.estimators.forest import ForestRanker
    from proxyrank.models.estimators.gp import GaussianProcessRanker
    from proxyrank.models.estimators.lightgbm import LightGBMRanker
    from proxyrank.models.parts.storage import load_model, save_model
    from proxyrank.models.parts.targets import TARGETS, Target, fit_target
    from proxyrank.models.ranker import ProxyRanker

__all__ = [
    "MODELS",
    "TARGETS",
    "EnsembleRanker",
    "ForestRanker",
    "GaussianProcessRanker",
    "LabelCard",
    "LightGBMRanker",
    "ModelInfo",
    "ProxyRanker",
    "Ranker",
    "RankerCard",
    "SplitCard",
    "Target",
    "fit_target",
    "load_model",
    "make_model",
    "model_class",
    "save_model",
]

_MODULES = {
    "base": ("Ranker",),
    "card": ("LabelCard", "RankerCard", "SplitCard"),
    "estimators.ensemble": ("EnsembleRanker",),
    "estimators.forest": ("ForestRanker",),
    "estimators.gp": ("GaussianProcessRanker",),
    "estimators.lightgbm": ("LightGBMRanker",),
    "ranker": ("ProxyRanker",),
    "catalogue": ("MODELS", "ModelInfo", "make_model", "model_class"),
    "parts.storage": ("load_model", "save_model"),
    "parts.targets": ("TARGETS", "Target", "fit_target"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

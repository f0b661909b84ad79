"""Rankers: scikit-learn estimators on feature arrays, and a thin wrapper on architecture strings.

Names are imported when first used: the package itself loads neither scikit-learn nor lightgbm.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxyrank.models.base import Ranker
    from proxyrank.models.card import LabelCard, RankerCard, SplitCard
    from proxyrank.models.ensemble import EnsembleRanker
    from proxyrank.models.forest import ForestRanker
    from proxyrank.models.gp import GaussianProcessRanker
    from proxyrank.models.lightgbm import LightGBMRanker
    from proxyrank.models.ranker import ProxyRanker
    from proxyrank.models.registry import MODELS, ModelInfo, make_model, model_class
    from proxyrank.models.storage import load_model, save_model
    from proxyrank.models.targets import TARGETS, Target, fit_target

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
    "ensemble": ("EnsembleRanker",),
    "forest": ("ForestRanker",),
    "gp": ("GaussianProcessRanker",),
    "lightgbm": ("LightGBMRanker",),
    "ranker": ("ProxyRanker",),
    "registry": ("MODELS", "ModelInfo", "make_model", "model_class"),
    "storage": ("load_model", "save_model"),
    "targets": ("TARGETS", "Target", "fit_target"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

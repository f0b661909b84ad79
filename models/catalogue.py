"""The known rankers. Another one is its own module, a line here, and its test."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.models.base import Ranker


@dataclass(frozen=True)
class ModelInfo:
    """An entry of `MODELS`.

    Attributes
    ----------
    summary
        One line for people.
    module, attribute
        Where the class lies; imported when first asked for.
    """

    summary: str
    module: str
    attribute: str

    def load_class(self) -> type[Ranker]:
        """Import the class."""
        cls: type[Ranker] = getattr(import_module(self.module), self.attribute)
        return cls


MODELS: dict[str, ModelInfo] = {
    "lightgbm": ModelInfo(
        "LightGBM on the logit of the label (or another target, or lambdarank)",
        "proxyrank.models.estimators.lightgbm",
        "LightGBMRanker",
    ),
    "gp": ModelInfo(
        "Gaussian process, Matern 3/2, one length scale a column (fitting needs torch and GPyTorch)",
        "proxyrank.models.estimators.gp",
        "GaussianProcessRanker",
    ),
    "ensemble": ModelInfo(
        "blend of Gaussian processes and LightGBM on normalised ranks",
        "proxyrank.models.estimators.ensemble",
        "EnsembleRanker",
    ),
    "transfer": ModelInfo(
        "a ranker of another data set and a Gaussian process on what it leaves over (proxyrank transfer)",
        "proxyrank.models.estimators.transfer",
        "TransferRanker",
    ),
    "forest": ModelInfo(
        "standard scaler and random forest of 100 trees, the published baseline",
        "proxyrank.models.estimators.forest",
        "ForestRanker",
    ),
}


GRAPH_CORE = frozenset({"paths", "flow"})
NETWORK = frozenset({"vkdnw", "vkdnw_extra", "zcs"})


def default_model(groups: str | Collection[str]) -> str:
    """Model of a ranking that names none.

    The ensemble where network features join path and flow features, as in the ranking ``all``: it takes them
    only where they pay, trees alone lose by them. LightGBM elsewhere.
    """
    texts = [groups] if isinstance(groups, str) else groups
    names = {name.strip() for text in texts for name in re.split(r"[+,]", text)}
    if "all" in names or (names >= GRAPH_CORE and names & NETWORK):
        return "ensemble"
    return "lightgbm"


def model_class(name: str) -> type[Ranker]:
    """Class of a known ranker.

    Raises
    ------
    ProxyrankError
        If there is none of that name.
    """
    if name not in MODELS:
        raise unknown("model", name, MODELS)
    return MODELS[name].load_class()


def make_model(name: str, params: Mapping[str, Any]) -> Ranker:
    """Make a ranker that is not fitted yet.

    Raises
    ------
    ProxyrankError
        If the name or a parameter is unknown.
    """
    cls = model_class(name)
    known: list[str] = cls._get_param_names()  # type: ignore[attr-defined]
    if unknown := sorted(set(params) - set(known)):
        raise ProxyrankError(f"model {name} has no parameter {', '.join(unknown)}; known: {', '.join(known)}")
    return cls(**params)

"""The known rankers: ours, those that other packages register, and those that they declare as entry points.

Another one is its own module, a line here (or in a package of its own an entry point of the group
``proxyrank.models``, ``name = "module:Class"``), and its test.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ProxyrankError, unknown

if TYPE_CHECKING:  # the list of rankers is read where nothing is fitted: help texts, folders
    from proxyrank.models.base import TabularRanker

ENTRY_POINTS = "proxyrank.models"


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

    def load_class(self) -> "type[TabularRanker]":
        """Import the class.

        Raises
        ------
        ProxyrankError
            If the module, or the class in it, is not there.
        """
        where = f"{self.module}:{self.attribute}"
        try:
            cls: type[TabularRanker] = getattr(import_module(self.module), self.attribute)
        except (ImportError, AttributeError) as error:
            raise ProxyrankError(f"the model {where} cannot be loaded: {error}") from None
        return cls


MODELS: dict[str, ModelInfo] = {
    "lightgbm": ModelInfo(
        "LightGBM on the logit of the label (or another target, or lambdarank)",
        "proxyrank.models.estimators.lightgbm",
        "LightGBMRanker",
    ),
    "gp": ModelInfo(
        "Gaussian process, Matern 3/2, one length scale per column (fitting needs torch and GPyTorch)",
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
"""Our rankers and those of `register_model`; with installed ones they are `known_models`."""

GRAPH_CORE = frozenset({"paths", "flow"})


def register_model(name: str, module: str, attribute: str, summary: str = "") -> None:
    """Make a ranker of another package known under ``name``; it is imported on first use.

    Parameters
    ----------
    name
        As written in ``--model`` and in ranker folders.
    module, attribute
        Where the class lies, a subclass of `TabularRanker`.
    summary
        One line for people.

    Raises
    ------
    ProxyrankError
        If another ranker has the name.

    Examples
    --------
    >>> from proxyrank import ProxyRanker, register_model
    >>> register_model("trees", "proxyrank.models.estimators.forest", "ForestRanker", "a package of yours")
    >>> ProxyRanker("paths", model="trees")
    ProxyRanker(groups='paths', model='trees')
    """
    info = ModelInfo(summary or f"{attribute} of {module}", module, attribute)
    known = known_models().get(name)
    if known is not None and (known.module, known.attribute) != (module, attribute):
        raise ProxyrankError(f"the model {name} is {known.module}:{known.attribute} already")
    MODELS[name] = info


def known_models() -> dict[str, ModelInfo]:
    """Every ranker by name: `MODELS`, then the entry points of installed packages, which shadow none."""
    return {**MODELS, **{name: info for name, info in _installed().items() if name not in MODELS}}


@cache
def _installed() -> dict[str, ModelInfo]:
    found = {}
    for point in entry_points(group=ENTRY_POINTS):
        package = point.dist.name if point.dist else point.module
        found[point.name] = ModelInfo(f"{point.attr} of the package {package}", point.module, point.attr)
    return found


def describe_models() -> str:
    """Every ranker with its summary, for help texts."""
    return "; ".join(f"{name}: {info.summary}" for name, info in known_models().items())


def default_model(groups: str | Collection[str]) -> str:
    """Model of a ranking that names none.

    The ensemble where network features join path and flow features, as in the ranking ``all``: it takes them
    only where they pay, trees alone lose by them. LightGBM elsewhere.
    """
    from proxyrank.features import GROUPS  # it loads pandas, and help texts need none

    texts = [groups] if isinstance(groups, str) else groups
    names = {name.strip() for text in texts for name in re.split(r"[+,]", text)}
    networks = any(name in GROUPS and GROUPS[name].needs_network for name in names)
    if "all" in names or (names >= GRAPH_CORE and networks):
        return "ensemble"
    return "lightgbm"


def model_class(name: str) -> "type[TabularRanker]":
    """Class of a known ranker.

    Raises
    ------
    ProxyrankError
        If there is none of that name.
    """
    known = known_models()
    if name not in known:
        raise unknown("model", name, known)
    return known[name].load_class()


def make_model(name: str, params: Mapping[str, Any]) -> "TabularRanker":
    """Make a ranker that is not fitted yet.

    Raises
    ------
    ProxyrankError
        If the name or a parameter is unknown, or a parameter's value will not do.
    """
    cls = model_class(name)
    known = list(cls._get_param_names())
    if unknown := sorted(set(params) - set(known)):
        raise ProxyrankError(f"model {name} has no parameter {', '.join(unknown)}; known: {', '.join(known)}")
    model = cls(**params)
    model.check_params()
    return model

"""How rankers become known: an entry per name, imported when first asked for.

Which ones there are is said in `proxyrank.models.catalogue`, by `register_model`, and by entry points of the
group ``proxyrank.models`` (``name = "module:Class"``).
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

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


MODELS: dict[str, ModelInfo] = {}
"""Our rankers and those of `register_model`; with installed ones they are `known_models`."""


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

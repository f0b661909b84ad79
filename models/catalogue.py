"""Our rankers. Another one is its own module, a line here, and its test.

In a package of its own it is an entry point of the group ``proxyrank.models`` or a call of `register_model`.
"""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.registered import (
    MODELS,
    ModelInfo,
    describe_models,
    known_models,
    model_class,
    register_model,
)

if TYPE_CHECKING:  # the list of rankers is read where nothing is fitted: help texts, folders
    from proxyrank.models.base import TabularRanker
    from proxyrank.spaces import SearchSpace

__all__ = [
    "MODELS",
    "ModelInfo",
    "default_model",
    "describe_models",
    "known_models",
    "make_model",
    "model_class",
    "register_model",
    "usual_groups",
]

MODELS |= {
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
    "auto": ModelInfo(
        "such a blend whose targets, weights and families of columns are settled out of fold, for any space",
        "proxyrank.models.estimators.auto",
        "AutoRanker",
    ),
    "transfer": ModelInfo(
        "a ranker of another data set and a Gaussian process on what it leaves over (proxyrank transfer)",
        "proxyrank.models.estimators.transfer",
        "TransferRanker",
    ),
    "also": ModelInfo(
        "a ranker that a ranker of another label helps where that pays (proxyrank train --also)",
        "proxyrank.models.estimators.also",
        "AlsoRanker",
    ),
    "committee": ModelInfo(
        "the mean of several rankers that a study settles on (proxyrank study, train --tune)",
        "proxyrank.models.estimators.committee",
        "CommitteeRanker",
    ),
    "forest": ModelInfo(
        "standard scaler and random forest of 100 trees, the published baseline",
        "proxyrank.models.estimators.forest",
        "ForestRanker",
    ),
}

GRAPH_CORE = frozenset({"paths", "flow"})


def default_model(groups: str | Collection[str], space: "SearchSpace | None" = None) -> str:
    """Model of a ranking that names none.

    ``auto`` for features of graphs and of options: on graphs it ranks better than LightGBM on all lines of
    `docs/spaces.md` but one (TransNAS-Bench-101, 32 labels: .592 and .614), on tables of one's own in
    `docs/own-networks.md`. A space whose published figures here were made with another one says so
    (``usual_model``). There, and for features of networks alone: the ensemble where network features join
    path and flow features, as in the ranking ``all``: it takes them only where they pay, trees alone lose by
    them.
    The ensemble too for raw operations, which labels such as latency are a sum over: its processes see that.
    LightGBM elsewhere.
    """
    from proxyrank.features import GROUPS  # it loads pandas, and help texts need none
    from proxyrank.spaces import has

    texts = [groups] if isinstance(groups, str) else groups
    names = {name.strip() for text in texts for name in re.split(r"[+,]", text)}
    plain = any(name in GROUPS and {"graph", "config"} & set(GROUPS[name].needs) for name in names)
    if space is not None and plain and not has(space, "usual_model"):
        return "auto"
    networks = any(name in GROUPS and GROUPS[name].needs_network for name in names)
    if names & {"all", "raw"} or (names >= GRAPH_CORE and networks):
        return "ensemble"
    return "lightgbm"


def usual_groups(space: "SearchSpace", model: str | None = None) -> tuple[str, ...]:
    """`default_groups` of a ranking by a model; None is `default_model`.

    Raises
    ------
    ProxyrankError
        If the space has nothing to read features off, or the model is unknown.
    """
    from proxyrank.features import default_groups

    names = default_groups(space)
    return default_groups(space, settles=model_class(model or default_model(names, space)).settles)


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

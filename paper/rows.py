"""Rows of a table: what is ranked, by what, and what the paper printed."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from proxyrank.features.aggregates import AGGREGATES
from proxyrank.features.proxies.registry import PROXIES

FISHER_NOTE = "exact Fisher matrix, J^T Sigma J"
_BATCH = "batch 8, the paper took 64, which raises |KT| on a sample of ImageNet16-120"

REASONS = {
    **dict.fromkeys(("trainability", "naswot", "gradsign", "az_nas", "vkdnw_single", "vkdnw_agg"), _BATCH),
    "jacov": "lower at every batch tried, 8 to 64; cause unknown",
    "linear_region": "linear_region is constant, at batch 8 and on a sample at 64: ntk alone ranks",
}
"""Why a column or aggregate may differ from the paper, as far as it was measured."""


@dataclass(frozen=True)
class TrainingFree:
    """A ranking without labels.

    Attributes
    ----------
    name
        In our table.
    published
        Row of the paper, None where it has none.
    score
        From network features to a score, higher is better.
    sizes_only
        Whether the architecture alone is enough (no network is built).
    note
        What a reader should know.
    """

    name: str
    published: str | None
    score: Callable[[pd.DataFrame], "pd.Series[float]"]
    sizes_only: bool = False
    note: str = ""


@dataclass(frozen=True)
class ModelDriven:
    """A ranking learnt from labels: feature groups and a model."""

    name: str
    published: str | None
    groups: tuple[str, ...]
    model: str


def _column(name: str, column: str | None = None) -> Callable[[pd.DataFrame], "pd.Series[float]"]:
    sign = PROXIES[name].direction if name in PROXIES else 1
    return lambda frame: sign * frame[column or name]


def _fisher(rule: str) -> Callable[[pd.DataFrame], "pd.Series[float]"]:
    return lambda frame: AGGREGATES[rule](frame.assign(vkdnw_entropy=frame["vkdnw_fisher_entropy"]))


TRAINING_FREE = (
    TrainingFree("dim", "aleph", _column("dim", "vkdnw_dim"), sizes_only=True),
    TrainingFree("flops", "flops", _column("flops"), sizes_only=True),
    *(
        TrainingFree(name, name, _column(name), note=REASONS.get(name, ""))
        for name in ("grad_norm", "grasp", "snip", "synflow", "naswot")
    ),
    TrainingFree("te_nas", "te_nas", AGGREGATES["te_nas"], note=REASONS["linear_region"]),
    *(
        TrainingFree(name, name, _column(name), note=REASONS.get(name, ""))
        for name in ("zen", "gradsign", "zico", "jacov")
    ),
    TrainingFree("az_nas", "az_nas", AGGREGATES["az_nas"], note=REASONS["az_nas"]),
    TrainingFree("vkdnw_single", "vkdnw_single", AGGREGATES["vkdnw_single"], note=REASONS["vkdnw_single"]),
    TrainingFree("vkdnw_single (fisher)", None, _fisher("vkdnw_single"), note=FISHER_NOTE),
    TrainingFree("vkdnw_agg", "vkdnw_agg", AGGREGATES["vkdnw_agg"], note=REASONS["vkdnw_agg"]),
    TrainingFree("vkdnw_agg (fisher)", None, _fisher("vkdnw_agg"), note=FISHER_NOTE),
)

_PUBLISHED_MODELS = {
    "graf": "graf_m",
    "vkdnw": "vkdnw_m",
    "vkdnw+zcs": "vkdnw_zcs_m",
    "vkdnw+zcs+graf": "vkdnw_zcs_graf_m",
}

MODEL_DRIVEN = (
    *(
        ModelDriven(f"{name}, {model}", row, tuple(name.split("+")), model)
        for name, row in _PUBLISHED_MODELS.items()
        for model in ("forest", "lightgbm")
    ),
    ModelDriven(
        "all, ensemble", "vkdnw_zcs_graf_m", ("vkdnw", "zcs", "graf", "paths", "cell", "flow"), "ensemble"
    ),
)
"""The published forest and our model on the same features: what the features gain, and what the model."""

"""Rows of a table: what is ranked, by what, and what the paper printed."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from proxyrank.common.errors import TableError
from proxyrank.features.network.aggregates import AGGREGATES
from proxyrank.features.proxies.registry import PROXIES

FISHER_NOTE = "exact Fisher matrix, J^T Sigma J"


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
        From network features to a score, higher is better; raises `TableError` where a column is absent.
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
    return lambda frame: sign * _held(frame, column or name)


def _fisher(rule: str) -> Callable[[pd.DataFrame], "pd.Series[float]"]:
    return lambda frame: AGGREGATES[rule](frame.assign(vkdnw_entropy=_held(frame, "vkdnw_fisher_entropy")))


def _held(frame: pd.DataFrame, column: str) -> "pd.Series[float]":
    if column not in frame.columns:
        raise TableError(f"the table lacks the column {column}")
    return frame[column]


TRAINING_FREE = (
    TrainingFree("dim", "aleph", _column("dim", "vkdnw_dim"), sizes_only=True),
    TrainingFree("flops", "flops", _column("flops"), sizes_only=True),
    *(
        TrainingFree(name, name, _column(name))
        for name in ("grad_norm", "grasp", "snip", "synflow", "naswot")
    ),
    TrainingFree("te_nas", "te_nas", AGGREGATES["te_nas"]),
    *(TrainingFree(name, name, _column(name)) for name in ("zen", "gradsign", "zico", "jacov")),
    TrainingFree("az_nas", "az_nas", AGGREGATES["az_nas"]),
    TrainingFree("vkdnw_single", "vkdnw_single", AGGREGATES["vkdnw_single"]),
    TrainingFree("vkdnw_single (fisher)", None, _fisher("vkdnw_single"), note=FISHER_NOTE),
    TrainingFree("vkdnw_agg", "vkdnw_agg", AGGREGATES["vkdnw_agg"]),
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

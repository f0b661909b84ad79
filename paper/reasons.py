"""Why a row differs from the paper, as far as it was measured."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from proxyrank.features import FeatureSettings

PARTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "az_nas": ("expressivity", "progressivity", "trainability"),
        "vkdnw_agg": ("vkdnw_single", "jacov", "expressivity", "trainability"),
        "te_nas": ("linear_region",),
    }
)
"""Columns that an aggregate is made of, those that can differ."""

_PAPER_BATCH = 64
_GROWING = ("trainability", "naswot", "gradsign", "vkdnw_single")
_BATCH = "batch 8, the paper took 64, which raises |KT| on a sample of ImageNet16-120"
_PHOTOGRAPHS = ("jacov", "naswot")
_WHITE = "white noise, where images (pink noise too) raise the KT: docs/inputs.md"
_MASKED = ("az_nas", "vkdnw_agg")
_SINGULAR = "all networks of singular features rank last; in the published run those that rounding made NaN"
_OTHERS = {"linear_region": "constant, at batch 8 and on a sample at 64: ntk alone ranks"}


def why(names: Sequence[str], made: Mapping[str, FeatureSettings] = MappingProxyType({})) -> str:
    """Reasons that hold for some columns or aggregates, each with the columns that it is about.

    Parameters
    ----------
    names
        Columns and aggregates.
    made
        How the columns were made; white noise and a small batch where it is not said.
    """
    columns = dict.fromkeys(part for name in names for part in PARTS.get(name, (name,)))
    found: dict[str, list[str]] = {}
    for column in columns:
        own = made.get("vkdnw_entropy" if column == "vkdnw_single" else column)
        if column in _GROWING and (own is None or own.batch_size < _PAPER_BATCH):
            found.setdefault(_BATCH, []).append(column)
        if column in _PHOTOGRAPHS and (own is None or own.input == "noise"):
            found.setdefault(_WHITE, []).append(column)
        if column in _OTHERS:
            found.setdefault(_OTHERS[column], []).append(column)
    masked = [name for name in names if name in _MASKED]
    if masked and "least_component" in made:
        found[_SINGULAR] = masked
    return "; ".join(f"{', '.join(own)}: {reason}" for reason, own in found.items())


def why_spectrum(frame: pd.DataFrame) -> str:
    """Whether a ranking by the spectrum alone lacks most of it.

    A batch of B images and K classes bounds the rank of the Fisher matrix by B (K - 1): 72 for 8 images and
    10 classes, where 128 tensors give 128 eigenvalues.
    """
    zero = float((frame["vkdnw_q30"].fillna(0.0) == 0.0).mean())
    return f"the third decile of the spectrum is zero for {zero:.0%} of the cells" if zero > 0.5 else ""

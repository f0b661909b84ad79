"""Why a row differs from the paper, as far as it was measured."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

PARTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "az_nas": ("expressivity", "progressivity", "trainability"),
        "vkdnw_agg": ("vkdnw_single", "jacov", "expressivity", "trainability"),
        "te_nas": ("linear_region",),
    }
)
"""Columns that an aggregate is made of, those that can differ."""

_GROWING = ("trainability", "naswot", "gradsign", "vkdnw_single")
_BATCH = "batch 8, the paper took 64, which raises |KT| on a sample of ImageNet16-120"
_OTHERS = {
    "jacov": "lower at every batch tried, 8 to 64, cause unknown",
    "linear_region": "constant, at batch 8 and on a sample at 64: ntk alone ranks",
}


def why(names: Sequence[str], large: Collection[str] = ()) -> str:
    """Reasons that hold for some columns or aggregates, each with the columns that it is about.

    Parameters
    ----------
    names
        Columns and aggregates.
    large
        Columns that were computed with the paper's batch.
    """
    columns = dict.fromkeys(part for name in names for part in PARTS.get(name, (name,)))
    found: dict[str, list[str]] = {}
    for column in columns:
        if column in _GROWING and column not in large:
            found.setdefault(_BATCH, []).append(column)
        if column in _OTHERS:
            found.setdefault(_OTHERS[column], []).append(column)
    return "; ".join(f"{', '.join(own)}: {reason}" for reason, own in found.items())


def why_spectrum(frame: pd.DataFrame) -> str:
    """Whether a ranking by the spectrum alone lacks most of it.

    A batch of B images and K classes bounds the rank of the Fisher matrix by B (K - 1): 72 for 8 images and
    10 classes, where 128 tensors give 128 eigenvalues.
    """
    zero = float((frame["vkdnw_q30"].fillna(0.0) == 0.0).mean())
    return f"the third decile of the spectrum is zero for {zero:.0%} of the cells" if zero > 0.5 else ""

"""From the values of single networks to rows of a table, and over repeats."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from proxyrank.features.proxies import Missing, Proxy, columns_of
from proxyrank.features.rows import Rows, arch_index
from proxyrank.features.settings import FeatureSettings

if TYPE_CHECKING:
    pass

Values = dict[str, "float | Missing"]
"""Value of each column of one network, or why it has none."""

SPREAD = "_std"
"""Ending of the columns that hold the standard deviation over repeats."""


def mean_and_spread(runs: Sequence[Values]) -> Values:
    """Mean and standard deviation (n - 1) over repeats; a value that one repeat lacks is missing."""
    found: Values = {}
    for column in runs[0]:
        values = [run[column] for run in runs]
        gap = next((value for value in values if isinstance(value, Missing)), None)
        if gap is not None:
            found[column] = found[column + SPREAD] = gap
            continue
        series = pd.Series(values, dtype="float64")
        found[column], found[column + SPREAD] = float(series.mean()), float(series.std())
    return found


def score_columns(proxies: Sequence[Proxy], settings: FeatureSettings) -> list[str]:
    """Columns of proxies; with repeats each has one of its spread beside it."""
    columns = columns_of(proxies)
    return columns if settings.repeats == 1 else [c + end for c in columns for end in ("", SPREAD)]


def score_rows(scores: Mapping[str, Values], columns: list[str]) -> Rows:
    """Rows of named networks, gaps with their reasons."""
    reasons: dict[str, dict[str, str]] = {}
    numbers = []
    for name, values in scores.items():
        for column in columns:
            value = values[column]
            if isinstance(value, Missing):
                reasons.setdefault(column, {})[name] = value.reason
        numbers.append([math.nan if isinstance(v := values[c], Missing) else v for c in columns])
    frame = pd.DataFrame(numbers, index=arch_index(scores), columns=columns, dtype="float64")
    return Rows(frame, reasons)

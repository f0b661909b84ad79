"""Published formulas give networks without gradient a number that says only what their epsilon is.

Today such a value is missing, with a reason. Tables from before hold the number: 341 cells without a path in
the shipped tables of all cells of cifar10 and ImageNet16-120 (`trainability`, `zico`, `grasp`, `plain`).
Shipped values stay as they are, because rankers were trained on them, and are told; cached ones become gaps.
"""

import logging
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.features.proxies.base import ZERO_GRADIENT
from proxyrank.features.rows import Rows

_log = logging.getLogger(__name__)

_Test = Callable[[NDArray[np.float64]], NDArray[np.bool_]]

EPSILONS: Mapping[str, tuple[_Test, str]] = {
    # a mean over fewer than 100 blocks, of which one or more count 2 - 1 / 1e-6
    "trainability": (lambda values: values < -1e4, "degenerate: a block sends no gradient back"),
    "zico": (lambda values: values == 0.0, "degenerate: no gradient differs between the batches"),
    "grasp": (lambda values: values == 0.0, ZERO_GRADIENT),
    "plain": (lambda values: values == 0.0, ZERO_GRADIENT),
    # log(1 + 1e-5) for each of at most 100 classes and their pairs of images
    "epe_nas": (
        lambda values: (values >= 0.0) & (values < 0.01),
        "degenerate: the images of every class correlate fully",
    ),
}
"""Column -> which of its values are an epsilon's, and the reason that stands there today."""


def epsilons(values: pd.DataFrame) -> dict[str, list[str]]:
    """Column -> architectures whose value is an epsilon's."""
    found = {
        column: values.index[test(values[column].to_numpy(dtype=np.float64))].tolist()
        for column, (test, _) in EPSILONS.items()
        if column in values
    }
    return {column: archs for column, archs in found.items() if archs}


def tell_epsilons(tables: Iterable[pd.DataFrame]) -> None:
    """Say in one line how many of the values that are served are an epsilon's."""
    counts = {column: len(archs) for table in tables for column, archs in epsilons(table).items()}
    if counts:
        _log.warning(
            "shipped values that are a published formula's epsilon (networks without gradient): %s; scored "
            "anew they are missing",
            ", ".join(f"{column} {count}" for column, count in counts.items()),
        )


def without_epsilons(rows: Rows) -> Rows:
    """The same rows with a gap and its reason for every value that is an epsilon's."""
    found = epsilons(rows.values)
    if not found:
        return rows
    values, reasons = rows.values.copy(), {column: dict(own) for column, own in rows.reasons.items()}
    for column, archs in found.items():
        values.loc[archs, column] = np.nan
        reasons.setdefault(column, {}).update(dict.fromkeys(archs, EPSILONS[column][1]))
    return Rows(values, reasons)

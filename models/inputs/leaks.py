"""Columns of a user's own table that are the label in disguise, or the number of the row."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from proxyrank.features import FeatureTable
from proxyrank.models.parts.targets import FloatArray

LEAST_ROWS = 8
"""Below this many rows a column may well order them as the label does by chance."""


def label_copies(table: FeatureTable, archs: Sequence[str], labels: FloatArray) -> tuple[set[str], list[str]]:
    """Columns that must not be learnt from, and what to say about the table.

    Parameters
    ----------
    table
        Features; only columns that were not computed by this package are looked at.
    archs, labels
        Training architectures and their labels, shape [n]; below `LEAST_ROWS` nothing is found.

    Returns
    -------
    set of str
        Columns that hold the label itself.
    list of str
        A line about these, and about columns that order the rows as the label does (or the other way round)
        or count the rows of the table, which stay.
    """
    own = [
        column
        for info in table.sidecar.groups.values()
        if info.source != "computed"
        for column in info.columns
        if column in table.frame
    ]
    copies: set[str] = set()
    notes = []
    for column in own if len(archs) >= LEAST_ROWS else ():
        values = table.frame.loc[list(archs), column].to_numpy(dtype=np.float64)
        known = np.isfinite(values)
        if known.sum() < LEAST_ROWS or np.ptp(values[known]) == 0:
            continue
        if np.array_equal(values[known], labels[known]):
            copies.add(column)
            notes.append(f"the feature column {column!r} is the label itself and was left out")
        elif _same_order(values[known], labels[known]):
            notes.append(
                f"warning: the feature column {column!r} orders the architectures exactly as the label does; "
                "is it computed from the label?"
            )
        elif _counts_rows(table.frame[column].to_numpy(dtype=np.float64)):
            notes.append(
                f"warning: the feature column {column!r} counts the rows of its table; a row number tells "
                "nothing of an architecture"
            )
    return copies, notes


def _same_order(values: FloatArray, labels: FloatArray) -> bool:
    ranks, order = rankdata(values), rankdata(labels)
    return np.array_equal(ranks, order) or np.array_equal(rankdata(-values), order)


def _counts_rows(values: FloatArray) -> bool:
    return len(values) >= LEAST_ROWS and values[0] in (0.0, 1.0) and bool((np.diff(values) == 1.0).all())

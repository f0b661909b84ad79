"""Columns of a user's own table that are the label in disguise, or the number of the row."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from proxyrank.features import FeatureTable
from proxyrank.features.config import NAME as CONFIG
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces.table import TableSpace

LEAST_ROWS = 8
"""Below this many rows a column may well order them as the label does by chance."""


def label_copies(
    table: FeatureTable, archs: Sequence[str], labels: FloatArray
) -> tuple[list[str], list[str]]:
    """Columns that must not be learnt from, and what to say about the table.

    Parameters
    ----------
    table
        Features; columns of a user's own table, and of a table of networks, are looked at.
    archs, labels
        Training architectures and their labels, shape [n].

    Returns
    -------
    list of str, list of str
        Columns that hold the label itself; a line about each of these and of a user's columns that look
        like it (those of a table of networks were told when it was read).
    """
    groups = table.sidecar.groups
    own = [column for info in groups.values() if info.source != "computed" for column in info.columns]
    copies, notes = leaking_columns(table.frame[[c for c in own if c in table.frame]], archs, labels)
    if CONFIG in groups and table.sidecar.space == TableSpace.name:
        options = [column for column in groups[CONFIG].columns if column in table.frame]
        copies += leaking_columns(table.frame[options], archs, labels)[0]
    return copies, [f"the feature column {c!r} is the label itself and was left out" for c in copies] + notes


def leaking_columns(
    frame: pd.DataFrame, archs: Sequence[str], labels: FloatArray
) -> tuple[list[str], list[str]]:
    """Columns that hold the label itself, and a warning for each that looks like it.

    Parameters
    ----------
    frame
        Columns of numbers, index ``arch``, in the order of their file.
    archs, labels
        Labelled architectures and their labels, shape [n]; below `LEAST_ROWS` nothing is found.

    Returns
    -------
    list of str
        Columns that hold the label itself.
    list of str
        A line about each that orders the rows as the label does (or the other way round), or counts the rows.
    """
    copies: list[str] = []
    notes = []
    for column in map(str, frame) if len(archs) >= LEAST_ROWS else ():
        values = frame.loc[list(archs), column].to_numpy(dtype=np.float64)
        known = np.isfinite(values)
        if known.sum() < LEAST_ROWS or np.ptp(values[known]) == 0:
            continue
        if np.array_equal(values[known], labels[known]):
            copies.append(column)
        elif _same_order(values[known], labels[known]):
            notes.append(
                f"warning: the feature column {column!r} orders the architectures exactly as the label does; "
                "is it computed from the label?"
            )
        elif _counts_rows(frame[column].to_numpy(dtype=np.float64)):
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

"""Values that a user's table lacks at ranking although no training row lacked them.

The rule, for every model: the median of the column's training rows stands in, the row is marked ``imputed``
and one line counts them. A model that never met a gap would otherwise guess in its own way (LightGBM takes
it for 0). Gaps that were there in training are the model's own affair, and so are those of columns that this
package computes: they mean a network that has no such value, and rankings that people have stay as they are.
"""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from proxyrank.features import FeatureTable

IMPUTED = "imputed"
"""Column of a ranking that marks rows in which a median stands in."""

_log = logging.getLogger(__name__)


def training_medians(table: FeatureTable, rows: pd.DataFrame) -> dict[str, float]:
    """Median of each column of a user's own table that no training row (``rows`` of it) lacks."""
    own = {
        column
        for info in table.sidecar.groups.values()
        if info.source != "computed"
        for column in info.columns
    }
    whole = [str(column) for column in rows if column in own and np.isfinite(rows[column].to_numpy()).all()]
    return {column: float(rows[column].median()) for column in whole}


def filled(rows: pd.DataFrame, medians: Mapping[str, float]) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Rows with medians in gaps of these columns, and which rows had one, shape [n]."""
    names = [name for name in medians if name in rows]
    gaps = pd.DataFrame(~np.isfinite(rows[names].to_numpy()), index=rows.index, columns=names)
    marks: NDArray[np.bool_] = gaps.any(axis=1).to_numpy(dtype=bool)
    if not marks.any():
        return rows, marks
    lacking = [name for name in names if gaps[name].any()]
    _log.warning(
        "%d of %d architectures lack a value that no training row lacked (%s); the training median stands "
        "in, they are marked %s",
        marks.sum(),
        len(rows),
        ", ".join(lacking[:10]),
        IMPUTED,
    )
    return rows.assign(**{name: rows[name].mask(gaps[name], medians[name]) for name in lacking}), marks

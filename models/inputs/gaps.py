"""Values that are missing at ranking although no training row lacked them: one rule for every model.

The median of the column's training rows stands in, the row is marked ``imputed`` and one line counts them,
whoever made the column and whichever model reads it. A model that never met a gap would otherwise guess in
its own way (LightGBM takes it for 0). Gaps that were there in training are the model's own affair: it learnt
what they mean. Rankers from before the rule reached computed columns rank as they did.
"""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IMPUTED = "imputed"
"""Column of a ranking that marks rows in which a median stands in."""

_log = logging.getLogger(__name__)


def training_medians(rows: pd.DataFrame) -> dict[str, float]:
    """Median of each column that no training row lacks."""
    whole = [str(column) for column in rows if np.isfinite(rows[column].to_numpy()).all()]
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

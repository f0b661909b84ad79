"""What a fit knows beside its features and labels, in the order in which rankers see their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.parts.blocks import numbered
from proxyrank.models.parts.targets import FloatArray

ROW_CONTEXT = ("groups", "qid")
"""Context with one value per row."""


@dataclass(frozen=True)
class FitContext:
    """What a fit knows beside its rows, which are in canonical order (see `canonical_order`).

    Attributes
    ----------
    order
        Position of each row among those that `fit` was given, shape [n].
    pool
        Features [m, d] of all architectures at hand, by which columns are standardised; the rows themselves
        where none were given.
    blocks
        One number per row, equal for rows that are the same network.
    families
        Name of a family of columns -> their positions; empty where none was given.
    qid
        Id of the query of each row, for rankers that compare rows of one query only; None means one query.
    lengths
        Length scales of a Gaussian process, taken over from another fit on the same rows; None fits them.
    """

    order: NDArray[np.intp]
    pool: FloatArray
    blocks: list[int]
    families: Mapping[str, Sequence[int]] = field(default_factory=dict)
    qid: NDArray[Any] | None = None
    lengths: FloatArray | None = None

    def as_given(self, values: FloatArray) -> FloatArray:
        """Values [n] of the rows, in the order in which `fit` was given them."""
        found = np.empty(len(values))
        found[self.order] = values
        return found


def canonical_order(X: FloatArray, y: FloatArray) -> NDArray[np.intp]:
    """Row order that depends on the rows only: sorted by the first column, then the next, then the label.

    A model fitted to rows in this order does not depend on the order in which they came.
    """
    return np.lexsort((y, *X.T[::-1]))


def make_context(order: NDArray[np.intp], X: FloatArray, given: Mapping[str, Any]) -> FitContext:
    """The context of rows X [n, d], already in this order, from what `fit` was given.

    Parameters
    ----------
    order
        Position [n] of each row of X among those that `fit` was given.
    X
        Features.
    given
        Fields of `FitContext` by name, rows in the order of `fit`; None counts as not given.

    Raises
    ------
    ProxyrankError
        If there is not one value per row, or the pool has other columns than X.
    """
    known = {name: value for name, value in given.items() if value is not None}
    for name in known.keys() & set(ROW_CONTEXT):
        if len(known[name]) != len(order):
            raise ProxyrankError(
                f"{name} has {len(known[name])} values, expected one for each of {len(order)} rows"
            )
    groups = known.pop("groups", None)
    qid = known.pop("qid", None)
    pool = X if "pool" not in known else np.asarray(known.pop("pool"), dtype=np.float64)
    if pool.ndim != 2 or pool.shape[1] != X.shape[1]:
        raise ProxyrankError(f"pool has shape {pool.shape}, expected [m, {X.shape[1]}] as the features")
    rows = range(len(order)) if groups is None else [groups[i] for i in order]
    return FitContext(
        order, pool, numbered(rows), qid=None if qid is None else np.asarray(qid)[order], **known
    )

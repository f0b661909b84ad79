"""Labels as a ranking objective wants them: small integer grades, and queries that are not too long."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from proxyrank.models.parts.targets import FloatArray

GRADES = 31
"""Grades 0..30: LightGBM accepts integers below 31."""

IntArray = NDArray[np.intp]


def grade_labels(y: FloatArray, ids: NDArray[Any]) -> FloatArray:
    """Grade of each label among those of its id, larger is better.

    Up to 31 distinct labels have a grade each, in order. More are cut by quantiles: the grade of a label of
    mid-rank r among n is floor(31 (r - 1/2) / n), so equal labels share a grade and grades are about equally
    large.

    Parameters
    ----------
    y
        Labels, shape [n], larger is better.
    ids
        Id of each row, shape [n]; grades are made for each id alone.

    Returns
    -------
    ndarray of shape (n,)
        Whole numbers from 0 to 30.
    """
    grades = np.empty(len(y))
    for value in np.unique(ids):
        rows = np.flatnonzero(ids == value)
        distinct, codes = np.unique(y[rows], return_inverse=True)
        if distinct.size > GRADES:
            codes = np.floor(GRADES * (rankdata(y[rows]) - 0.5) / rows.size)
        grades[rows] = codes
    return grades


def make_queries(ids: NDArray[Any], max_rows: int, rng: np.random.Generator) -> tuple[IntArray, list[int]]:
    """Cut sorted ids into queries of at most ``max_rows`` rows; larger sets are dealt out at random.

    Parameters
    ----------
    ids
        Id of each row, shape [n], sorted.
    max_rows
        Largest number of rows a query.
    rng
        Deals the rows of a large set out to its queries.

    Returns
    -------
    rows : ndarray of shape (n,)
        Row numbers, query after query.
    sizes : list of int
        Rows of each query.
    """
    rows: list[IntArray] = []
    for value in np.unique(ids):
        own = np.flatnonzero(ids == value)
        count = -(-own.size // max_rows)
        rows += np.array_split(rng.permutation(own), count) if count > 1 else [own]
    return np.concatenate(rows), [part.size for part in rows]

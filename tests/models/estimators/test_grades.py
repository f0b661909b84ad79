"""Grades and queries of ranking objectives."""

from itertools import pairwise

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.models.estimators._grades import GRADES, grade_labels, make_queries


def test_few_distinct_labels_keep_a_grade_each() -> None:
    y = np.array([3.0, 1.0, 1.0, 7.5])
    np.testing.assert_array_equal(grade_labels(y, np.zeros(4)), [1, 0, 0, 2])


def test_many_labels_become_equal_grades_in_order() -> None:
    y = derive_rng("grades").permutation(np.repeat(np.arange(310.0), 2))
    grades = grade_labels(y, np.zeros(620))
    assert set(np.unique(grades)) == set(range(GRADES))
    np.testing.assert_array_equal(np.bincount(grades.astype(int)), 20)
    order = np.argsort(y, kind="stable")
    assert (np.diff(grades[order]) >= 0).all()
    assert all(len(set(grades[y == value])) == 1 for value in np.unique(y))


def test_each_id_is_graded_alone() -> None:
    y, ids = np.array([1.0, 2.0, 100.0, 200.0]), np.array([0, 0, 1, 1])
    np.testing.assert_array_equal(grade_labels(y, ids), [0, 1, 0, 1])


def test_queries_hold_every_row_once_and_one_id_each() -> None:
    ids = np.repeat([0, 1], [25, 8])
    rows, sizes = make_queries(ids, 10, derive_rng("q"))
    assert sorted(rows) == list(range(33))
    assert max(sizes) <= 10
    assert sum(sizes) == 33
    ends = np.cumsum([0, *sizes])
    assert all(len(set(ids[rows[a:b]])) == 1 for a, b in pairwise(ends))
    again, _ = make_queries(ids, 10, derive_rng("q"))
    np.testing.assert_array_equal(rows, again)
    np.testing.assert_array_equal(make_queries(ids, 25, derive_rng("q"))[0], np.arange(33))

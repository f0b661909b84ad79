"""Rows in an order of their own, and what is known beside them in the same order."""

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.models.parts.fit_context import canonical_order, make_context

X = np.array([[2.0, 1.0], [1.0, 5.0], [1.0, 5.0], [1.0, 2.0]])
Y = np.array([4.0, 3.0, 1.0, 2.0])


def test_rows_are_sorted_by_columns_then_label() -> None:
    assert canonical_order(X, Y).tolist() == [3, 2, 1, 0]
    shuffled = np.array([2, 0, 3, 1])
    order = canonical_order(X[shuffled], Y[shuffled])
    np.testing.assert_array_equal(Y[shuffled][order], Y[canonical_order(X, Y)])


def test_context_follows_the_rows_and_values_go_back() -> None:
    order = canonical_order(X, Y)
    context = make_context(order, X[order], {"groups": ["a", "b", "b", "c"], "qid": [7, 8, 9, 9]})
    assert context.blocks == [0, 1, 1, 2]  # c, b, b, a
    assert context.qid is not None
    assert context.qid.tolist() == [9, 9, 8, 7]
    np.testing.assert_array_equal(context.as_given(Y[order]), Y)


def test_what_is_not_given_says_nothing() -> None:
    context = make_context(np.arange(4), X, {"groups": None, "pool": None, "families": None})
    assert context.blocks == [0, 1, 2, 3]
    np.testing.assert_array_equal(context.pool, X)
    assert context.families == {}
    assert context.qid is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"groups": [1, 2]}, "groups has 2 values, expected one for each of 4 rows"),
        ({"pool": np.zeros(4)}, r"pool has shape \(4,\), expected \[m, 2\]"),
    ],
)
def test_wrong_shapes_are_refused(given: dict, message: str) -> None:
    with pytest.raises(ProxyrankError, match=message):
        make_context(np.arange(4), X, given)

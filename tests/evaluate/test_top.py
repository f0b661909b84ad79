"""What a search takes from a ranking, against literal counts."""

import numpy as np
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.evaluate import best_rank, top_precision


def test_rank_of_the_best_of_the_first_ten() -> None:
    rng = np.random.default_rng(3)
    for direction, sign in (("max", 1), ("min", -1)):
        for _ in range(20):
            labels, scores = rng.permutation(60).astype(float), rng.normal(size=60)
            order = sorted(range(60), key=lambda i: -scores[i])
            ranks = {i: r + 1 for r, i in enumerate(sorted(range(60), key=lambda i: -sign * labels[i]))}
            expected = min(ranks[i] for i in order[:10])
            assert best_rank(scores, labels, 10, direction).value == expected


def test_equal_labels_share_the_better_rank() -> None:
    assert best_rank([4, 3, 2, 1], [5, 9, 9, 9], 1).value == 4
    assert best_rank([4, 3, 2, 1], [9, 9, 5, 9], 1).value == 1
    assert best_rank([1, 2], [5, 6], 10).note == "computed at k = 2, the number of architectures (asked: 10)"
    assert best_rank([1], [5], 10).value is None
    with pytest.raises(ProxyrankError, match="k must be at least 1, got 0"):
        best_rank([1, 2], [5, 6], 0)


def test_share_of_the_first_that_are_best() -> None:
    rng = np.random.default_rng(4)
    labels, scores = rng.permutation(1000).astype(float), rng.normal(size=1000)
    for share, count in ((0.005, 5), (0.0042, 5), (0.1, 100)):
        first = set(np.argsort(-scores)[:count])
        best = set(np.argsort(-labels)[:count])
        assert top_precision(scores, labels, share).value == len(first & best) / count
        worst = set(np.argsort(labels)[:count])
        assert top_precision(scores, labels, share, "min").value == len(first & worst) / count
    assert top_precision(labels, labels).value == 1
    assert top_precision([4, 3, 2, 1], [8, 9, 9, 9], 0.25).value == 0
    assert top_precision([4, 3, 2, 1], [9, 9, 9, 8], 0.25).value == 1  # any of the equal best will do
    with pytest.raises(ProxyrankError, match="share must lie within"):
        top_precision([1, 2], [1, 2], 0)

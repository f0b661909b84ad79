"""Scores of an ensemble's members, what they have in common done once; the bytes are those of each alone."""

from collections.abc import Sequence

import numpy as np

from proxyrank.models.base import TabularRanker
from proxyrank.models.estimators._members import Positions
from proxyrank.models.estimators.gp import GaussianProcessRanker
from proxyrank.models.parts.kernel import predict_alike
from proxyrank.models.parts.targets import FloatArray


def member_scores(
    members: Sequence[TabularRanker], columns: Sequence[Positions], X: FloatArray
) -> list[FloatArray]:
    """`rank_score` [n] of every member at rows X [n, d], of which each sees its own columns.

    Equal rows are scored once: where columns are averaged over equal networks, a pool has half as many
    different rows. Processes of one set of length scales, which differ in their target, share distances.
    """
    rows, back = np.unique(X, axis=0, return_inverse=True)
    found: dict[int, FloatArray] = {}
    for i, (member, seen) in enumerate(zip(members, columns, strict=True)):
        if i in found:
            continue
        if not isinstance(member, GaussianProcessRanker):
            found[i] = member.rank_score(rows[:, seen])
            continue
        alike = [
            j
            for j, other in enumerate(members)
            if isinstance(other, GaussianProcessRanker)
            and other.scaling == member.scaling
            and np.array_equal(columns[j], seen)
            and np.array_equal(other.posterior_.rows, member.posterior_.rows)
        ]
        scaled = member.scaled(rows[:, seen])
        found |= zip(alike, predict_alike([members[j].posterior_ for j in alike], scaled), strict=True)
    return [found[i][back.ravel()] for i in range(len(members))]

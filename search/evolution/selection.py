"""Who stays in the population: the best by one score, or by Pareto fronts of several (NSGA-II)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proxyrank.models.parts.targets import FloatArray
from proxyrank.search.evolution.objectives import Objective
from proxyrank.search.evolution.ranks import SeenValues


class Scorer:
    """Scores of architectures among everything seen, for every objective.

    Parameters
    ----------
    objectives
        Whose keys are ranked.
    columns
        Of the values, in order.
    """

    def __init__(self, objectives: Sequence[Objective], columns: Sequence[str]) -> None:
        at = {name: i for i, name in enumerate(columns)}
        self._logs = [objective.logs for objective in objectives]
        self._keys = [
            [SeenValues([at[name] for name, _ in key], [sign for _, sign in key]) for key in objective.keys]
            for objective in objectives
        ]
        self._count = 0

    def add(self, values: FloatArray) -> None:
        """Take the rows [n, columns] of a batch."""
        self._count += len(values)
        for keys in self._keys:
            for key in keys:
                key.add(values)

    def scores(self, values: FloatArray) -> FloatArray:
        """Scores [n, objectives] of rows that were seen; higher is better."""
        found = np.empty((len(values), len(self._keys)))
        for i, (keys, logs) in enumerate(zip(self._keys, self._logs, strict=True)):
            ranks = [key.ranks(values) for key in keys]
            found[:, i] = sum(np.log(own / self._count) if logs else own for own in ranks)
        return found


def leaves(scores: FloatArray, size: int) -> NDArray[np.int64]:
    """Positions that leave so that at most ``size`` stay; among equals those that came last leave.

    One score: the lowest. Several: fronts of what no other beats in all scores stay first, and of the front
    that does not fit whole those that lie closest together leave (Deb et al., NSGA-II, 2002).
    """
    over = len(scores) - size
    if over <= 0:
        return np.empty(0, dtype=np.int64)
    best_first = np.argsort(-scores[:, 0], kind="stable") if scores.shape[1] == 1 else crowded_order(scores)
    return np.sort(best_first[size:])


def fronts(scores: FloatArray) -> NDArray[np.int64]:
    """Number of each row's Pareto front, 0 for rows that none beats; higher scores are better."""
    front = np.full(len(scores), -1, dtype=np.int64)
    number = 0
    while (free := np.flatnonzero(front < 0)).size:
        own = scores[free]
        beaten = np.zeros(len(free), dtype=bool)
        for i in range(len(free)):
            if not beaten[i]:
                worse = (own <= own[i]).all(axis=1) & (own < own[i]).any(axis=1)
                beaten |= worse
        front[free[~beaten]] = number
        number += 1
    return front


def crowding(scores: FloatArray) -> FloatArray:
    """Distance [n] of each row of one front to its neighbours, summed over scores; infinite at the ends."""
    distance = np.zeros(len(scores))
    for column in scores.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        distance[order[[0, -1]]] = np.inf
        if span > 0:
            distance[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return distance


def crowded_order(scores: FloatArray) -> NDArray[np.int64]:
    """Positions from best to worst: by front, then by crowding distance, then by place."""
    front, distance = fronts(scores), np.empty(len(scores))
    for number in range(int(front.max()) + 1):
        own = front == number
        distance[own] = crowding(scores[own])
    order: NDArray[np.int64] = np.lexsort((np.arange(len(scores)), -distance, front))
    return order

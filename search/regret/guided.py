"""Surrogate-guided search: a diverse design first, then batches by expected improvement.

Where the networks are few, all of them compete for a batch. In a larger space a few thousand drawn at random
do, and everything one or two changes away from the best that were trained.
"""

from collections.abc import Sequence

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.search.design import choose_by_variance
from proxyrank.search.improvement import choose_by_improvement
from proxyrank.search.regret.bench import Bench

FIRST, AT_ONCE = 32, 8
WHOLE = 10_000
"""Networks that a space may have for all of them to compete."""
DRAWN, PARENTS, FURTHER = 2000, 12, 400
"""In a larger one: networks drawn once, best ones whose neighbours compete, and neighbours' neighbours."""


def guided(bench: Bench, seed: int, budget: int) -> list[str]:
    """Networks in the order of training."""
    drawn = pool = first_pool(bench, seed)
    rows = bench.rows(pool)
    order = [pool[i] for i in choose_by_variance(rows, min(FIRST, budget), seed=seed)]
    while len(order) < min(budget, len(bench.keys)):
        rng = derive_rng("guided", seed, len(order))
        if len(bench.keys) > WHOLE:
            pool = list(dict.fromkeys([*order, *around_best(bench, order, rng), *drawn]))
            rows = bench.rows(pool)
        at = {key: i for i, key in enumerate(pool)}
        known = [at[key] for key in order]
        labels = np.array([bench.values[key] for key in order])
        count = min(AT_ONCE, budget - len(order))
        chosen = choose_by_improvement(rows, known, labels, count, taken=[], direction="max")
        if not chosen:
            break
        order += [pool[i] for i in chosen]
    return order


def first_pool(bench: Bench, seed: int) -> list[str]:
    """All networks, or some drawn at random."""
    if len(bench.keys) <= WHOLE:
        return list(bench.keys)
    chosen = derive_rng("guided", seed).choice(len(bench.keys), size=DRAWN, replace=False)
    return [bench.keys[i] for i in sorted(chosen.tolist())]


def around_best(bench: Bench, order: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Neighbours of the best, and some of the neighbours' neighbours."""
    best = sorted(order, key=lambda key: -bench.values[key])[:PARENTS]
    near = [one for key in best for one in bench.neighbours(key)]
    further = [bench.mutate(near[int(rng.integers(len(near)))], rng) for _ in range(FURTHER if near else 0)]
    return list(dict.fromkeys([*near, *further]))

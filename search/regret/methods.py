"""Ways to search with a budget of trained networks, by name: each gives networks in the order of training."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from proxyrank.common.seeds import derive_rng
from proxyrank.search.regret.bench import Bench
from proxyrank.search.regret.guided import guided

Method = Callable[[Bench, int, int], list[str]]
"""From a bench, a seed and a budget to the keys of the networks trained, in order, each once."""

INITIAL = 10
"""Networks drawn at random before local search and regularised evolution begin (White et al., 2021)."""
POPULATION, TOURNAMENT = 30, 10


def random_search(bench: Bench, seed: int, budget: int) -> list[str]:
    """Different networks, drawn uniformly."""
    order = derive_rng("random search", seed).permutation(len(bench.keys))
    return [bench.keys[i] for i in order[:budget]]


def regularised_evolution(bench: Bench, seed: int, budget: int) -> list[str]:
    """The best of a tournament is changed once, the oldest dies (Real et al., AAAI 2019).

    Population 30, tournaments of 10, 10 networks drawn first, as in the comparison of White et al. (Local
    search is state of the art for NAS benchmarks, UAI 2021). A network met again costs nothing.
    """
    rng = derive_rng("regularised evolution", seed)
    trained: dict[str, float] = {}
    population: list[str] = []
    misses = 0
    while len(trained) < budget and misses < 100 * budget:
        if len(trained) < INITIAL:
            key = bench.draw(rng)
        else:
            drawn = rng.choice(len(population), size=min(TOURNAMENT, len(population)), replace=False)
            parent = max((population[i] for i in drawn), key=trained.__getitem__)
            key = bench.mutate(parent, rng)
        misses += key in trained
        trained.setdefault(key, bench.values[key])
        population = [*population, key][-POPULATION:]
    return list(trained)


def local_search(bench: Bench, seed: int, budget: int) -> list[str]:
    """All neighbours of the best network are trained, the best of them is next; else anew from a random one.

    White et al., Local search is state of the art for NAS benchmarks, UAI 2021; begins with the best of 10
    random networks.
    """
    rng = derive_rng("local search", seed)
    trained: dict[str, float] = {}

    def train(keys: list[str]) -> str | None:
        best = None
        for key in keys:
            if len(trained) < budget:
                trained.setdefault(key, bench.values[key])
            if key in trained and (best is None or trained[key] > trained[best]):
                best = key
        return best

    at = train([bench.draw(rng) for _ in range(INITIAL)])
    while len(trained) < min(budget, len(bench.keys)):
        around = bench.neighbours(at) if at else []
        step = train([around[i] for i in rng.permutation(len(around))])
        better = at is not None and step is not None and trained[step] > trained[at]
        at = step if better else train([bench.draw(rng)])
    return list(trained)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "random": random_search,
        "regularised evolution": regularised_evolution,
        "local search": local_search,
        "surrogate": guided,
    }
)
"""Methods that know nothing but the labels they paid for."""


def regrets(bench: Bench, order: list[str], budget: int) -> list[float]:
    """Distance of the best label after 1, 2, ... budget networks to the best of all."""
    found = np.maximum.accumulate([bench.values[key] for key in order])
    curve = [float(bench.best - value) for value in found[:budget]]
    return curve + curve[-1:] * (budget - len(curve))

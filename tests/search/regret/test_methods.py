"""Methods on a bench small enough to know everything: each trains a network once and keeps to its rules."""

from functools import cache

import numpy as np
import pytest

from proxyrank.search.regret import METHODS, Bench
from proxyrank.search.regret.guided import first_pool
from proxyrank.search.regret.methods import INITIAL, TOURNAMENT, regrets
from proxyrank.spaces import get_space

SPACE = get_space("nb-macro")


@cache
def bench() -> Bench:
    """Networks of NAS-Bench-Macro that begin with four given layers; best is a pattern that few have."""
    rng = np.random.Generator(np.random.PCG64(5))
    archs = [arch for arch in SPACE.archs() if arch.startswith("12")]
    values = {a: sum(map(int, a)) - 3 * (a[-1] == "0") + float(rng.normal(0, 0.2)) for a in archs}
    return Bench(SPACE, values, str, str, ("blocks", "sizes"), standard=300)


@pytest.mark.parametrize("name", METHODS)
def test_each_network_is_trained_once_and_seeds_decide(name: str) -> None:
    order = METHODS[name](bench(), 3, 48)
    assert len(order) == len(set(order)) == 48
    assert set(order) <= set(bench().values)
    assert order == METHODS[name](bench(), 3, 48)
    if name != "surrogate":
        assert order != METHODS[name](bench(), 4, 48)


def test_local_search_climbs() -> None:
    order = METHODS["local search"](bench(), 1, 60)
    values = bench().values
    at = max(order[:INITIAL], key=values.__getitem__)
    around = set(bench().neighbours(at))
    fresh = [key for key in order if key not in order[:INITIAL]]
    count = len(around - set(order[:INITIAL]))
    assert set(fresh[:count]) == around - set(
        order[:INITIAL]
    )  # all neighbours, then on from the best of them
    step = max(around, key=values.__getitem__)
    if values[step] > values[at]:
        assert fresh[count] in bench().neighbours(step)


def test_evolution_changes_winners_of_tournaments() -> None:
    order = METHODS["regularised evolution"](bench(), 2, INITIAL + 1)
    assert INITIAL <= TOURNAMENT  # the first tournament is among all
    winner = max(order[:INITIAL], key=bench().values.__getitem__)
    assert order[INITIAL] in bench().neighbours(winner)


def test_the_surrogate_beats_random_search() -> None:
    curves = {
        name: np.mean([regrets(bench(), METHODS[name](bench(), s, 64), 64) for s in (0, 1)], axis=0)
        for name in ("random", "surrogate")
    }
    assert curves["surrogate"][-1] < curves["random"][-1]


def test_regret_by_definition() -> None:
    keys = sorted(bench().values)[:5]
    best = max(bench().values.values())
    found = regrets(bench(), keys, 7)
    assert found == [best - max(bench().values[k] for k in keys[: i + 1]) for i in range(5)] + [found[4]] * 2


def test_a_large_space_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    import proxyrank.search.regret.guided as module

    monkeypatch.setattr(module, "WHOLE", 100)
    monkeypatch.setattr(module, "DRAWN", 120)
    assert len(first_pool(bench(), 1)) == 120
    order = METHODS["surrogate"](bench(), 1, 64)
    assert len(set(order)) == 64
    assert set(order) - set(first_pool(bench(), 1))  # neighbours of the best that were not drawn

"""Random graphs, and slow, literal ways of walking them, for the oracles of this folder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from proxyrank.features import cache_folder
from proxyrank.spaces import Edge, OpGraph, get_space
from proxyrank.spaces.base import SearchSpace

OPS = {"skip": "s", "none": "n", "conv3x3": "c3", "conv1x1": "c1", "pool": "p"}


def _random_graph(seed: int, *, weights: tuple[float, ...] = (0.25, 0.15, 0.2, 0.2, 0.2)) -> OpGraph:
    """3 to 6 nodes, most pairs joined, some of them twice."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 7))
    edges = []
    for source in range(n):
        for target in range(source + 1, n):
            for _ in range(rng.choice([0, 1, 2], p=[0.25, 0.6, 0.15])):
                kind = str(rng.choice(list(OPS), p=weights))
                edges.append(Edge(source, target, OPS[kind], kind))  # type: ignore[arg-type]
    rng.shuffle(edges)  # type: ignore[arg-type]
    return OpGraph(n, tuple(edges))


@pytest.fixture(scope="session")
def random_graphs() -> list[OpGraph]:
    return [_random_graph(seed) for seed in range(150)]


@pytest.fixture(scope="session")
def routes() -> Callable[..., list[tuple[Edge, ...]]]:
    """All paths between two nodes, as tuples of edges, by plain recursion."""

    def walk(graph: OpGraph, end: int | None = None, start: int = 0) -> list[tuple[Edge, ...]]:
        end = graph.n_nodes - 1 if end is None else end
        if start == end:
            return [()]
        return [
            (edge, *rest)
            for edge in graph.edges
            if edge.source == start and edge.target <= end
            for rest in walk(graph, end, edge.target)
        ]

    return walk


@pytest.fixture(scope="session")
def live_routes(routes: Callable[..., list[tuple[Edge, ...]]]) -> Callable[..., list[tuple[Edge, ...]]]:
    """Paths from the input to a node along edges that are not ``none``."""

    def walk(graph: OpGraph, end: int | None = None) -> list[tuple[Edge, ...]]:
        return [path for path in routes(graph, end) if all(edge.kind != "none" for edge in path)]

    return walk


@pytest.fixture(scope="session")
def respell() -> Callable[[OpGraph, int], OpGraph]:
    """The same network in other words: nodes in another topological order, values passed on by new skips."""

    def rename(graph: OpGraph, seed: int) -> OpGraph:
        rng = np.random.default_rng(seed)
        edges = [(e.source, e.target, e.op, e.kind) for e in graph.edges]
        n = graph.n_nodes
        for i in rng.permutation(len(edges))[:2]:  # read one value through a node of its own
            source, target, op, kind = edges[i]
            edges[i] = (n, target, op, kind)
            edges.append((source, n, OPS["skip"], "skip"))
            n += 1
        order: list[int] = []
        while len(order) < n:
            last = graph.n_nodes - 1
            ready = [
                v
                for v in range(n)
                if v not in order
                and all(s in order for s, t, _, _ in edges if t == v)
                and (v != last or len(order) == n - 1)
                and (v == 0 or order)
            ]
            order.append(int(rng.choice(ready)))
        place = {v: i for i, v in enumerate(order)}
        renamed = [Edge(place[s], place[t], op, kind) for s, t, op, kind in edges]
        rng.shuffle(renamed)  # type: ignore[arg-type]
        return OpGraph(n, tuple(renamed))

    return rename


@pytest.fixture(scope="session")
def space() -> SearchSpace:
    return get_space("nb201")


@pytest.fixture(scope="session")
def equal_cells(space: SearchSpace) -> list[list[str]]:
    """Cells of one function key, dead operations included: 150 of the classes with several members."""
    classes: dict[str, list[str]] = {}
    for arch in space.archs():
        classes.setdefault(space.function_key(arch), []).append(arch)
    several = [members for _, members in sorted(classes.items()) if len(members) > 1]
    picks = np.random.default_rng(0).choice(len(several), 150, replace=False)
    return [several[i][:6] for i in picks]


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test alone; gives its folder."""
    monkeypatch.setenv("PROXYRANK_CACHE", f"{tmp_path}/cache")
    return cache_folder()

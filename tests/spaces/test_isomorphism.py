"""Canonical orders against brute force over all renamings."""

from itertools import permutations

import numpy as np
import pytest

from proxyrank.spaces.isomorphism import LabelledEdge, canonical_order


def form(labels: list[int], edges: list[LabelledEdge], order: list[int]) -> object:
    new = {old: i for i, old in enumerate(order)}
    return [labels[i] for i in order], sorted((new[s], new[t], label) for s, t, label in edges)


def smallest_of_all(labels: list[int], edges: list[LabelledEdge]) -> object:
    return min(form(labels, edges, list(order)) for order in permutations(range(len(labels))))


def random_graph(rng: np.random.Generator, size: int) -> tuple[list[int], list[LabelledEdge]]:
    labels = rng.integers(2, size=size).tolist()
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size) if rng.random() < 0.5]
    return labels, [(i, j, int(rng.integers(2))) for i, j in pairs]


@pytest.mark.parametrize("size", [2, 4, 5])
def test_equal_forms_exactly_for_isomorphic_graphs(size: int) -> None:
    rng = np.random.default_rng(size)
    graphs = [random_graph(rng, size) for _ in range(150)]
    ours = [repr(form(*graph, canonical_order(*graph))) for graph in graphs]
    oracle = [repr(smallest_of_all(*graph)) for graph in graphs]
    assert len(set(ours)) == len(set(oracle)) == len(set(zip(ours, oracle, strict=True)))
    assert len(set(oracle)) < len(graphs) or size > 4


def test_edges_go_forward_in_the_order() -> None:
    labels, edges = random_graph(np.random.default_rng(7), 7)
    order = canonical_order(labels, edges)
    assert sorted(order) == list(range(7))
    assert all(order.index(source) < order.index(target) for source, target, _ in edges)


def test_parallel_edges_count() -> None:
    once, twice = [(0, 1, 0), (0, 2, 0)], [(0, 1, 0), (0, 1, 0), (0, 2, 0)]
    assert form([0, 0, 0], once, canonical_order([0, 0, 0], once)) != form(
        [0, 0, 0], twice, canonical_order([0, 0, 0], twice)
    )

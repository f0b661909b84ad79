import numpy as np
import pytest

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph import _terms
from proxyrank.features.graph._terms import INPUT, MAX_INSTANCES, splice
from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.cell import cell_values
from proxyrank.features.graph.flow import flow_values
from proxyrank.features.graph.paths import path_values
from proxyrank.spaces import Edge, Operation, OpGraph
from proxyrank.spaces.nb201 import NB201

WORDS = vocabulary(NB201.ops)
ALL = (path_values, cell_values, flow_values)
OPERATIONS = {operation.kind: operation for operation in NB201.ops}


def _chain(length: int, *kinds: str) -> OpGraph:
    edges = [Edge(i, i + 1, OPERATIONS[kind]) for i in range(length) for kind in kinds]
    return OpGraph.on_edges(length + 1, edges)


def test_skips_are_spliced_and_dead_operations_left_out():
    graph = OpGraph.on_edges(
        4,
        (
            Edge(0, 1, OPERATIONS["conv3x3"]),
            Edge(0, 1, OPERATIONS["skip"]),
            Edge(1, 2, OPERATIONS["conv1x1"]),
            Edge(1, 2, OPERATIONS["pool"]),
            Edge(1, 3, OPERATIONS["skip"]),
            Edge(0, 3, OPERATIONS["skip"]),
        ),
    )
    terms = splice(graph)
    assert [instance.operation.kind for instance in terms.instances] == ["conv3x3"]
    assert terms.output == {INPUT: 2, 0: 1}


@pytest.mark.parametrize("values", ALL)
def test_rows_do_not_depend_on_names(values, random_graphs, respell):
    for seed, graph in enumerate(random_graphs[:80]):
        if graph.edges:
            assert values(respell(graph, seed), WORDS) == values(graph, WORDS)


@pytest.mark.parametrize("values", ALL)
def test_dead_operations_do_not_matter(values, random_graphs):
    for graph in random_graphs[:80]:
        assert values(graph.live(), WORDS) == values(graph, WORDS)


@pytest.mark.parametrize("values", ALL)
def test_equal_functions_have_equal_rows(values, equal_cells, space):
    for members in equal_cells:
        rows = {tuple(values(space.graph(arch), WORDS)) for arch in members}
        assert len(rows) == 1, members


@pytest.mark.parametrize("values", ALL)
def test_nothing_connected_is_all_zero(values):
    assert set(
        values(
            OpGraph.on_edges(3, (Edge(0, 1, OPERATIONS["conv3x3"]), Edge(1, 2, OPERATIONS["none"]))), WORDS
        )
    ) == {0.0}


@pytest.mark.parametrize("values", ALL)
def test_deep_graphs_are_fine_and_bounded(values):
    assert np.isfinite(values(_chain(40, "skip", "conv3x3"), WORDS)).all()
    with pytest.raises(NotApplicableError, match=f"more than {MAX_INSTANCES} live operations"):
        values(_chain(MAX_INSTANCES + 1, "pool"), WORDS)


def test_too_many_histories(monkeypatch):
    monkeypatch.setattr(_terms, "MAX_STATES", 100)
    with pytest.raises(NotApplicableError, match="more than 100 different histories"):
        path_values(_chain(80, "conv3x3", "conv1x1", "pool"), WORDS)


def test_too_many_paths():
    graph = _chain(1100, "skip", "skip")
    with pytest.raises(NotApplicableError, match="more paths than a float can hold"):
        path_values(graph, WORDS)
    assert flow_values(graph, WORDS)[0] == pytest.approx(1100 * 0.6931471805599453)


def test_operations_that_the_space_does_not_declare():
    with pytest.raises(NotApplicableError, match="operation dwconv5x5 is none of those"):
        flow_values(OpGraph.on_edges(2, (Edge(0, 1, Operation("depthwise_conv", 5)),)), WORDS)

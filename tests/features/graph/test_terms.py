import numpy as np
import pytest

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.graph._terms import INPUT, MAX_INSTANCES, splice
from proxyrank.features.graph.cell import cell_values
from proxyrank.features.graph.flow import flow_values
from proxyrank.features.graph.paths import path_values
from proxyrank.spaces import Edge, OpGraph

ALL = (path_values, cell_values, flow_values)


def _chain(length: int, *kinds: str) -> OpGraph:
    edges = [Edge(i, i + 1, kind, kind) for i in range(length) for kind in kinds]  # type: ignore[arg-type]
    return OpGraph(length + 1, tuple(edges))


def test_skips_are_spliced_and_dead_operations_left_out():
    graph = OpGraph(
        4,
        (
            Edge(0, 1, "c", "conv3x3"),
            Edge(0, 1, "s", "skip"),
            Edge(1, 2, "d", "conv1x1"),
            Edge(1, 2, "p", "pool"),
            Edge(1, 3, "s", "skip"),
            Edge(0, 3, "s", "skip"),
        ),
    )
    terms = splice(graph)
    assert [instance.kind for instance in terms.instances] == ["conv3x3"]
    assert terms.output == {INPUT: 2, 0: 1}


@pytest.mark.parametrize("values", ALL)
def test_rows_do_not_depend_on_names(values, random_graphs, respell):
    for seed, graph in enumerate(random_graphs[:80]):
        if graph.edges:
            assert values(respell(graph, seed)) == values(graph)


@pytest.mark.parametrize("values", ALL)
def test_dead_operations_do_not_matter(values, random_graphs):
    for graph in random_graphs[:80]:
        assert values(graph.live()) == values(graph)


@pytest.mark.parametrize("values", ALL)
def test_equal_functions_have_equal_rows(values, equal_cells, space):
    for members in equal_cells:
        rows = {tuple(values(space.graph(arch))) for arch in members}
        assert len(rows) == 1, members


@pytest.mark.parametrize("values", ALL)
def test_nothing_connected_is_all_zero(values):
    assert set(values(OpGraph(3, (Edge(0, 1, "c", "conv3x3"), Edge(1, 2, "n", "none"))))) == {0.0}


@pytest.mark.parametrize("values", ALL)
def test_deep_graphs_are_fine_and_bounded(values):
    assert np.isfinite(values(_chain(40, "skip", "conv3x3"))).all()
    with pytest.raises(NotApplicableError, match=f"more than {MAX_INSTANCES} live operations"):
        values(_chain(MAX_INSTANCES + 1, "pool"))


def test_too_many_histories():
    with pytest.raises(NotApplicableError, match="different histories"):
        cell_values(_chain(80, "conv3x3", "conv1x1", "pool"))


def test_too_many_paths():
    graph = _chain(1100, "skip", "skip")
    with pytest.raises(NotApplicableError, match="more paths than a float can hold"):
        path_values(graph)
    assert flow_values(graph)[0] == pytest.approx(1100 * 0.6931471805599453)


def test_kinds_without_a_place():
    with pytest.raises(NotApplicableError, match="'dwconv'"):
        flow_values(OpGraph(2, (Edge(0, 1, "d", "dwconv"),)))  # type: ignore[arg-type]

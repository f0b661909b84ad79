from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import NotApplicableError, ProxyrankError
from proxyrank.features.graph.graf import GRAF, graf_columns, graf_values, graf_words
from proxyrank.features.settings import FeatureSettings
from proxyrank.spaces import Edge, Operation, OpGraph

OPS = ("s", "n", "c3", "c1", "p")


def _literal(graph: OpGraph, paths: list[tuple[Edge, ...]]) -> list[float]:
    """Definition by subsets and full path enumeration."""
    out: list[float] = [sum(e.operation.name == op for e in graph.edges) for op in OPS]
    last = graph.n_nodes - 1
    for size in range(1, 6):
        for subset in combinations(OPS, size):
            lengths = [len(path) for path in paths if all(e.operation.name in subset for e in path)]
            inside = [e for e in graph.edges if e.operation.name in subset]
            out.append(min(lengths) if lengths else graph.n_nodes + 2)
            out.append(max(lengths) if lengths else 0)
            out.append(sum(e.source == 0 for e in inside))
            out.append(sum(e.target == last for e in inside))
            out += [len(inside) / graph.n_nodes] * 2
    return out


def test_equals_the_definition_on_random_graphs(random_graphs, routes):
    for graph in random_graphs:
        assert graf_values(graph, OPS, lambda operation: operation.name) == _literal(graph, routes(graph))


def test_equals_the_reference(reference_folder, space):
    reference = pd.read_csv(reference_folder / "graf.csv", index_col="arch")
    ours = GRAF.compute(space, list(reference.index), FeatureSettings())
    assert list(ours.columns) == list(reference.columns) == GRAF.columns(space)
    assert len(ours.columns) == 191
    np.testing.assert_array_equal(ours.to_numpy(), reference.to_numpy(dtype=float))


def test_older_values_where_there_is_no_path(space):
    arch = "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|"
    new, old = (
        GRAF.compute(space, [arch], FeatureSettings(graf_no_path=how)) for how in ("published", "older")
    )
    assert new.at[arch, "min_path_len_(nor_conv_3x3)"] == 6
    assert new.at[arch, "max_op_on_path_(nor_conv_3x3)"] == 0
    assert old.at[arch, "min_path_len_(nor_conv_3x3)"] == 5
    assert old.at[arch, "max_op_on_path_(nor_conv_3x3)"] == -1
    assert new.at[arch, "min_path_len_(none)"] == old.at[arch, "min_path_len_(none)"] == 1
    with pytest.raises(ProxyrankError, match="'newer'; known: published, older"):
        GRAF.compute(space, [arch], FeatureSettings(graf_no_path="newer"))


def test_vocabulary_is_bounded():
    kinds = tuple(Operation("conv", 3, expansion=e, name=f"e{e}") for e in range(1, 9))
    words, level = graf_words(kinds)
    assert words == tuple(f"e{e}" for e in range(1, 9))
    assert len(graf_columns(words)) == 8 + 6 * 255
    words, level = graf_words((*kinds, Operation("pool", 3, name="p")))
    assert words == ("conv3x3", "pool")
    assert level(kinds[3]) == "conv3x3"
    assert len(graf_words(None)[0]) == 8


def test_foreign_operation():
    graph = OpGraph.on_edges(2, [Edge(0, 1, Operation("conv", 9))])
    with pytest.raises(NotApplicableError, match="operation conv9x9 is none of those"):
        graf_values(graph, OPS, lambda operation: operation.label)

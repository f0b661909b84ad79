from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from proxyrank.common.errors import ProxyrankError
from proxyrank.features.graph.graf import GRAF, graf_columns, graf_values
from proxyrank.spaces import Edge, OpGraph

OPS = ("s", "n", "c3", "c1", "p")


def _literal(graph: OpGraph, paths: list[tuple[Edge, ...]]) -> list[float]:
    """Definition by subsets and full path enumeration."""
    out: list[float] = [sum(e.op == op for e in graph.edges) for op in OPS]
    last = graph.n_nodes - 1
    for size in range(1, 6):
        for subset in combinations(OPS, size):
            lengths = [len(path) for path in paths if all(e.op in subset for e in path)]
            inside = [e for e in graph.edges if e.op in subset]
            out.append(min(lengths) if lengths else graph.n_nodes + 2)
            out.append(max(lengths) if lengths else 0)
            out.append(sum(e.source == 0 for e in inside))
            out.append(sum(e.target == last for e in inside))
            out += [len(inside) / graph.n_nodes] * 2
    return out


def test_equals_the_definition_on_random_graphs(random_graphs, routes):
    for graph in random_graphs:
        assert graf_values(graph, OPS) == _literal(graph, routes(graph))


def test_equals_the_reference(reference_folder, space):
    reference = pd.read_csv(reference_folder / "graf.csv", index_col="arch")
    ours = GRAF.compute(space, list(reference.index), {})
    assert list(ours.columns) == list(reference.columns) == GRAF.columns(space)
    assert len(ours.columns) == 191
    np.testing.assert_array_equal(ours.to_numpy(), reference.to_numpy(dtype=float))


def test_older_values_where_there_is_no_path(space):
    arch = "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|"
    new, old = (GRAF.compute(space, [arch], {"graf_no_path": how}) for how in ("published", "older"))
    assert new.at[arch, "min_path_len_(nor_conv_3x3)"] == 6
    assert new.at[arch, "max_op_on_path_(nor_conv_3x3)"] == 0
    assert old.at[arch, "min_path_len_(nor_conv_3x3)"] == 5
    assert old.at[arch, "max_op_on_path_(nor_conv_3x3)"] == -1
    assert new.at[arch, "min_path_len_(none)"] == old.at[arch, "min_path_len_(none)"] == 1
    with pytest.raises(ProxyrankError, match="'newer'; known: published, older"):
        GRAF.compute(space, [arch], {"graf_no_path": "newer"})


def test_vocabulary_is_bounded():
    assert len(graf_columns("abcdefgh")) == 8 + 6 * 255
    with pytest.raises(ProxyrankError, match="at most 8 operations, got 9"):
        graf_columns("abcdefghi")


def test_foreign_operation():
    with pytest.raises(ValueError, match="'conv9x9' is not one of"):
        graf_values(OpGraph(2, (Edge(0, 1, "conv9x9", "conv3x3"),)), OPS)

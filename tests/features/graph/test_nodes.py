"""Node summaries against a literal reading of matrices, and against enumeration of all ways."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest

from proxyrank.features import compute_features
from proxyrank.features.graph._words import operations_of, vocabulary
from proxyrank.features.graph.nodes import node_columns, node_values
from proxyrank.spaces import get_space
from proxyrank.spaces.nb101.cell import Cell, parse_cell

NB101 = get_space("nb101")
KINDS = ("conv3x3", "conv1x1", "pool")


def ways(cell: Cell, start: int, end: int) -> Iterator[tuple[int, ...]]:
    """All ways from a vertex to another, ends included."""
    if start == end:
        yield (end,)
        return
    for vertex in range(start + 1, end + 1):
        if cell.targets[start] >> vertex & 1:
            yield from ((start, *rest) for rest in ways(cell, vertex, end))


def literal(arch: str) -> dict[str, float]:
    """The columns of a pruned NAS-Bench-101 cell, counted on its matrix."""
    cell = parse_cell(NB101.canonical(arch))
    last = len(cell.targets) - 1
    edges = set(cell.edges)
    inner = range(1, last)
    kind = {v: KINDS[int(cell.ops[v - 1])] for v in inner} | {0: "input", last: "output"}
    feeds = [v for v in inner if (v, last) in edges]
    share = {}
    for v in reversed(inner):
        share[v] = 1 / len(feeds) if v in feeds else max(share[w] for w in inner if (v, w) in edges)
    up = {v: [len(way) - 1 for way in ways(cell, 0, v)] for v in range(last + 1)}
    down = {v: [len(way) - 1 for way in ways(cell, v, last)] for v in range(last + 1)}
    values: dict[str, float] = Counter()
    values |= {
        "node_operations": len(inner),
        "node_links": len(edges),
        "node_longest": max(up[last]) - 1,
        "node_shortest": min(up[last]) - 1,
        "node_feeds": sum((v, last) in edges for v in range(last)),
        "node_input_feeds": int((0, last) in edges),
    }
    names = {(True, True): "in_out", (True, False): "in", (False, True): "out", (False, False): "inner"}
    for v in inner:
        where = names[(0, v) in edges, v in feeds]
        values[f"node_{kind[v]}_{where}"] += 1
        values[f"node_{kind[v]}_{where}_share"] += share[v]
        values[f"node_{kind[v]}_depth_long"] += max(up[v])
        values[f"node_{kind[v]}_depth_short"] += min(up[v])
        values[f"node_{kind[v]}_height_long"] += max(down[v])
        values[f"node_{kind[v]}_height_short"] += min(down[v])
        values[f"node_{kind[v]}_terms"] += sum((w, v) in edges for w in range(v))
        values[f"node_{kind[v]}_readers"] += sum((v, w) in edges for w in range(v, last + 1))
        values[f"node_{kind[v]}_work"] += share[v] ** 2
        values[f"node_{kind[v]}_feed_depth"] += share[v] * max(up[v]) * (v in feeds)
    for source, target in edges:
        values[f"node_link_{kind[source]}>{kind[target]}"] += 1
    order = ("input", *KINDS)
    for read in {tuple(w for w in range(v) if (w, v) in edges) for v in range(1, last + 1)}:
        for pair in combinations(read, 2):
            first, second = sorted((kind[w] for w in pair), key=order.index)
            values[f"node_pair_{first}+{second}"] += 1
    measures = {
        "convs": ("conv3x3", "conv1x1"),
        "conv3x3": ("conv3x3",),
        "pools": ("pool",),
    }
    for name, members in measures.items():
        for v in feeds:
            counts = [sum(kind[w] in members for w in way) for way in ways(cell, 0, v)]
            values[f"node_feed_min_{name}"] += share[v] * min(counts)
            values[f"node_feed_max_{name}"] += share[v] * max(counts)
    return values


def test_equals_the_literal_reading_of_nb101_cells() -> None:
    words = vocabulary(operations_of(NB101))
    columns = node_columns(words)
    for arch in [*NB101.sample(120, seed=4), "01:", "0111/0010/0001:02"]:
        expected = literal(arch)
        values = dict(zip(columns, node_values(NB101.graph(arch), words), strict=True))
        assert set(expected) <= set(columns)
        assert values == pytest.approx({name: expected[name] for name in columns}, abs=1e-12)


def test_operations_on_edges_with_a_skip_and_a_dead_one() -> None:
    space = get_space("nb201")
    arch = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|avg_pool_3x3~1|nor_conv_1x1~2|"
    words = vocabulary(operations_of(space))
    values = dict(zip(node_columns(words), node_values(space.graph(arch), words), strict=True))
    # output = input + pool(c) + conv1x1(c), c = conv3x3(input)
    named = {
        "node_operations": 3,
        "node_links": 6,
        "node_longest": 2,
        "node_shortest": 0,
        "node_feeds": 3,
        "node_input_feeds": 1,
        "node_conv3x3_in": 1,
        "node_pool_out": 1,
        "node_conv1x1_out": 1,
        "node_conv3x3_readers": 2,
        "node_conv3x3_height_long": 2,
        "node_conv1x1_depth_long": 2,
        "node_link_conv3x3>pool": 1,
        "node_link_input>output": 1,
        "node_pair_input+pool": 1,
        "node_pair_conv1x1+pool": 1,
        "node_pair_conv3x3+pool": 0,
        "node_feed_max_convs": 3,
        "node_feed_min_conv3x3": 2,
    }
    assert {name: values[name] for name in named} == named


def test_nothing_reaches_the_output() -> None:
    space = get_space("nb201")
    words = vocabulary(operations_of(space))
    assert set(node_values(space.graph(space.parse((1,) * 6)), words)) == {0}


def test_equal_for_equal_cells_of_other_names() -> None:
    words = vocabulary(operations_of(NB101))
    one, two = "01100/00010/00001/00001:012", "01100/00001/00010/00001:102"
    assert NB101.function_key(one) == NB101.function_key(two)
    assert node_values(NB101.graph(one), words) == node_values(NB101.graph(two), words)


def test_cells_of_several_kinds_have_columns_of_their_own() -> None:
    space = get_space("darts")
    (arch,) = space.sample(1, seed=3)
    frame = compute_features(space, [arch], ["nodes", "paths"], cache=False).frame
    words = vocabulary(operations_of(space))
    for part, graph in space.parts(arch).items():
        expected = node_values(graph, words)
        assert frame.loc[arch, [f"{part}_{name}" for name in node_columns(words)]].to_list() == expected
    assert {name.split("_")[0] for name in frame.columns} == {"normal", "reduce"}

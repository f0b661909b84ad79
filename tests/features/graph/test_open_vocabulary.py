"""Operations on nodes and edges, joined by sum, concatenation or product: brute force beside ours."""

import math
from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.cell import CELL, cell_values
from proxyrank.features.graph.flow import FLOW, flow_columns, flow_values
from proxyrank.features.graph.graf import GRAF, graf_columns, graf_values, graf_words
from proxyrank.features.graph.paths import PATHS, path_columns, path_values
from proxyrank.spaces import FAMILIES, Edge, Node, Operation, OpGraph

OPERATIONS = (
    Operation("conv", 3, name="a"),
    Operation("separable_conv", 5, repeats=2, name="b"),
    Operation("conv", 1, name="c"),
    Operation("pool", 3, name="max"),
    Operation("pool", 3, name="avg"),
    Operation("attention", name="att"),
    Operation("none", name="zero"),
    Operation("skip", name="id"),
)
WORDS = vocabulary(OPERATIONS)
KINDS = ("conv3x3", "sepconv5x5_r2", "conv1x1", "pool", "attention")
WIDE = {"convs": KINDS[:3], "conv3x3": KINDS[:1], "sepconv5x5_r2": KINDS[1:2]}
MEASURES = {**WIDE, "pools": ("pool",), "attention": ("attention",)}


def _random_graph(seed: int, merges: tuple[str, ...] = ("sum", "concat", "product")) -> OpGraph:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))

    def draw(chance: float) -> Operation | None:
        if rng.random() >= chance:
            return None
        return OPERATIONS[rng.choice(8, p=[0.2, 0.15, 0.15, 0.15, 0.1, 0.1, 0.05, 0.1])]

    nodes = [Node(width=int(rng.integers(1, 5)))]
    for _ in range(1, n):
        width = int(rng.integers(1, 5)) if rng.random() < 0.8 else None
        nodes.append(Node(draw(0.6), str(rng.choice(merges)), width))  # type: ignore[arg-type]
    pairs = [pair for pair in combinations(range(n), 2) if rng.random() < 0.6]
    return OpGraph(tuple(nodes), tuple(Edge(i, j, draw(0.3)) for i, j in pairs))


GRAPHS = [_random_graph(seed) for seed in range(150)]


def _zero(operation: Operation | None) -> bool:
    return operation is not None and operation.family == "none"


def _alive(graph: OpGraph, node: int) -> bool:
    """Whether anything but zero is at a node."""
    if node == 0:
        return True
    ways = [_alive(graph, e.source) and not _zero(e.operation) for e in graph.edges if e.target == node]
    joined = all(ways) if graph.nodes[node].merge == "product" else any(ways)
    return bool(ways) and joined and not _zero(graph.nodes[node].operation)


def _routes(graph: OpGraph, node: int) -> list[tuple[Operation, ...]]:
    """Operations on every way from the input through nodes that are not zero."""
    if node == 0:
        return [()]
    if not _alive(graph, node):
        return []
    found = []
    for edge in graph.edges:
        if edge.target == node and not _zero(edge.operation):
            steps = [op for op in (edge.operation, graph.nodes[node].operation) if op is not None]
            found += [(*route, *steps) for route in _routes(graph, edge.source)]
    return found


def _word(route: tuple[Operation, ...]) -> tuple[str, ...]:
    return tuple(op.kind for op in route if op.family != "skip")


def _count(word: tuple[str, ...], kinds: tuple[str, ...]) -> int:
    return sum((2 if kind.endswith("_r2") else 1) for kind in word if kind in kinds)


def test_the_words_of_the_space():
    assert WORDS.kinds == KINDS
    assert [m.name for m in WORDS.conv_measures] == list(WIDE)
    assert [m.name for m in WORDS.measures] == list(MEASURES)


def test_paths_equal_full_enumeration():
    filled = 0
    for graph in GRAPHS:
        row = dict(zip(path_columns(WORDS), path_values(graph, WORDS), strict=True))
        words = [_word(route) for route in _routes(graph, graph.n_nodes - 1)]
        filled += bool(words)
        bags = Counter(tuple(sorted(word, key=KINDS.index)) for word in words)
        expected: dict[str, float] = {"path_count": len(words)}
        for name in row:
            if name.startswith("path_set_"):
                bag = name.removeprefix("path_set_")
                expected[name] = bags[() if bag == "empty" else tuple(bag.split("+"))]
        for size in (2, 3):
            for sequence in product(KINDS, repeat=size):
                expected[f"path_seq_{'>'.join(sequence)}"] = words.count(sequence)
        for name, kinds in MEASURES.items():
            counts = [_count(word, kinds) for word in words]
            expected[f"path_min_{name}"] = min(counts, default=0)
            expected[f"path_max_{name}"] = max(counts, default=0)
            expected[f"path_mean_{name}"] = sum(counts) / len(counts) if counts else 0
            expected[f"path_sum_{name}"] = sum(counts)
            for k in range(4) if name in WIDE else ():
                expected[f"path_with_{k}_{name}"] = sum(min(count, 3) == k for count in counts)
        convs, pools = WIDE["convs"], ("pool",)
        expected["path_skip_only"] = words.count(())
        expected["path_pool_only"] = sum(set(word) == {"pool"} for word in words)
        expected["path_conv_without_pool"] = sum(
            _count(word, convs) > 0 and not _count(word, pools) for word in words
        )
        expected |= {f"path_through_{kind}": sum(kind in word for word in words) for kind in KINDS}
        assert row == expected
    assert filled > 80


def _flow(graph: OpGraph, *, reset: bool) -> dict[int, dict[tuple[Operation, ...], float]]:
    """Variance by word at every node that is on a live way, in floats, straight from the graph."""
    last = graph.n_nodes - 1
    useful = {last}
    for node in reversed(range(last)):
        if any(
            e.source == node and e.target in useful and _alive(graph, e.target) and not _zero(e.operation)
            for e in graph.edges
        ):
            useful.add(node)
    value: dict[int, dict[tuple[Operation, ...], float]] = {0: {(): 1.0}}

    def through(operation, flow):
        if operation is None or operation.family == "skip":
            return flow
        gain = 0.4 if operation.family == "pool" else 1.0
        if reset and operation.family != "pool":
            gain = 1 / math.fsum(flow.values())
        return {(*word, operation): gain * variance for word, variance in flow.items()}

    for node in range(1, graph.n_nodes):
        if node not in useful or not _alive(graph, node):
            continue
        parts, widths = [], []
        for e in graph.edges:
            if e.target == node and e.source in value and not _zero(e.operation) and e.source in useful:
                parts.append(through(e.operation, value[e.source]))
                plain = e.operation is None or e.operation.family == "skip"
                widths.append(graph.nodes[e.source].width if plain else None)
        totals = [math.fsum(part.values()) for part in parts]
        weights = widths if None not in widths else [1] * len(parts)
        factors = {
            "sum": [1.0] * len(parts),
            "concat": [weight / sum(weights) for weight in weights],
            "product": [math.prod(totals) / total / len(parts) for total in totals],
        }[graph.nodes[node].merge]
        mixed: dict[tuple[Operation, ...], float] = {}
        for factor, part in zip(factors, parts, strict=True):
            for word, variance in part.items():
                mixed[word] = mixed.get(word, 0.0) + factor * variance
        value[node] = through(graph.nodes[node].operation, mixed)
    return value


def _summary(flow: dict[tuple[Operation, ...], float]) -> list[float]:
    total = math.fsum(flow.values())
    shares = {route: variance / total for route, variance in flow.items()}

    def share(test):
        return math.fsum(s for route, s in shares.items() if test(_word(route)))

    def moments(measure):
        mean = math.fsum(measure(route) * s for route, s in shares.items())
        return mean, math.fsum((measure(route) - mean) ** 2 * s for route, s in shares.items())

    radius = {"conv3x3": 1, "sepconv5x5_r2": 4, "conv1x1": 0, "pool": 1, "attention": 0}
    return [
        math.log(total),
        *(share(lambda w, k=k, m=m: min(_count(w, m), 3) == k) for m in WIDE.values() for k in range(4)),
        share(lambda w: "pool" in w),
        share(lambda w: "attention" in w),
        *moments(lambda route: _count(_word(route), KINDS)),
        *moments(lambda route: sum(radius[kind] for kind in _word(route))),
    ]


def test_flow_equals_the_definition():
    names = [name for name in flow_columns(WORDS) if "_end_" in name]
    for graph in GRAPHS:
        row = dict(zip(flow_columns(WORDS), flow_values(graph, WORDS), strict=True))
        if not graph.live_edges:
            assert set(row.values()) == {0.0}
            continue
        expected = []
        for turned in (graph, graph.live().reverse()):
            for reset in (True, False):
                expected += _summary(_flow(turned, reset=reset)[turned.n_nodes - 1])
        # the oracle alone rounds: sums of a few dozen shares in [0, 1]
        np.testing.assert_allclose([row[name] for name in names], expected, rtol=1e-11, atol=1e-11)


def _on_edges(graph: OpGraph) -> OpGraph:
    """The same with every node that carries an operation split in two, all nodes sums."""
    edges = [Edge(2 * e.source + 1, 2 * e.target, e.operation) for e in graph.edges]
    edges += [Edge(2 * i, 2 * i + 1, node.operation) for i, node in enumerate(graph.nodes)]
    return OpGraph.on_edges(2 * graph.n_nodes, edges)


@pytest.mark.parametrize("values", [path_values, cell_values, flow_values])
def test_operations_on_nodes_are_operations_on_edges(values):
    for seed in range(80):
        graph = _random_graph(seed, merges=("sum",))
        assert values(graph, WORDS) == values(_on_edges(graph), WORDS)


def test_cell_takes_a_concatenation_for_a_sum():
    for seed in range(80):
        graph = _random_graph(seed, merges=("sum", "concat"))
        assert cell_values(graph, WORDS) == cell_values(_on_edges(graph), WORDS)


def test_floats_beyond_the_bound_agree_with_fractions(monkeypatch):
    exact = [flow_values(graph, WORDS) for graph in GRAPHS[:40]]
    monkeypatch.setattr("proxyrank.features.graph.flow.EXACT", 0)
    for graph, expected in zip(GRAPHS[:40], exact, strict=True):
        # a tie of last nodes may be decided by rounding; the end has none
        ends = [i for i, name in enumerate(flow_columns(WORDS)) if "_end_" in name]
        found = np.array(flow_values(graph, WORDS))
        np.testing.assert_allclose(found[ends], np.array(expected)[ends], rtol=1e-9, atol=1e-9)


def test_graf_of_operations_on_nodes():
    words, level = graf_words(OPERATIONS[:4])
    for seed in range(60):
        plain = _random_graph(seed)
        nodes = [
            Node(OPERATIONS[(seed + i) % 4] if 0 < i < plain.n_nodes - 1 else None)
            for i in range(plain.n_nodes)
        ]
        graph = OpGraph.on_nodes(nodes, [(e.source, e.target) for e in plain.edges])
        found = dict(zip(graf_columns(words), graf_values(graph, words, level), strict=True))
        last, names = graph.n_nodes - 1, [node.operation.name if node.operation else "" for node in nodes]
        routes = [[op.name for op in route] for route in _routes(graph, last)]
        for size in range(1, 5):
            for subset in combinations(words, size):
                lengths = [len(route) for route in routes if set(route) <= set(subset)]
                name = ",".join(subset)
                expected = {
                    f"min_path_len_({name})": min(lengths, default=graph.n_nodes + 2),
                    f"max_op_on_path_({name})": max(lengths, default=0),
                    f"node_degree_({name})_in_degree": sum(
                        e.source == 0 and names[e.target] in subset for e in graph.edges
                    ),
                    f"node_degree_({name})_out_degree": sum(
                        e.target == last and names[e.source] in subset for e in graph.edges
                    ),
                    f"node_degree_({name})_avg_in": sum(names[e.target] in subset for e in graph.edges)
                    / graph.n_nodes,
                    f"node_degree_({name})_avg_out": sum(names[e.source] in subset for e in graph.edges)
                    / graph.n_nodes,
                }
                assert {key: found[key] for key in expected} == expected
        assert [found[f"op_count_{word}"] for word in words] == [names.count(word) for word in words]


class _Space:
    """Declares as many operations as it is told."""

    name = "many"

    def __init__(self, operations: tuple[Operation, ...] | None) -> None:
        self.ops = operations

    def parse(self, text: str) -> str:
        return text


@pytest.mark.parametrize("group", [GRAF, PATHS, CELL, FLOW], ids=lambda group: group.name)
@pytest.mark.parametrize(
    "operations",
    [None, OPERATIONS, tuple(Operation(f, k, expansion=e) for f in FAMILIES for k in (3, 5) for e in (1, 2))],
    ids=["undeclared", "few", "many"],
)
def test_columns_are_bounded_and_distinct(group, operations):
    columns = group.columns(_Space(operations))
    assert len(columns) == len(set(columns)) <= 8 + 6 * 255


def test_many_operations_fall_back_to_coarser_words():
    kernels = tuple(Operation("separable_conv", k, expansion=e) for k in (3, 5, 7) for e in (1, 3, 6))
    assert vocabulary(kernels).kinds == ("sepconv3x3", "sepconv5x5", "sepconv7x7")
    every = tuple(Operation(family, k) for family in FAMILIES for k in (1, 3))
    assert vocabulary(every).kinds == ("conv", "pool", "linear", "attention", "elementwise", "other")
    assert vocabulary(every).kinds == vocabulary(None).kinds


def _deep(blocks: int, merge: str) -> OpGraph:
    """Blocks of conv, norm and activation, joined with what went before: a ResNet, a DenseNet."""
    chain = (Operation("conv", 3), Operation("normalisation"), Operation("activation"))
    nodes, links, ends = [Node()], [], [0]
    for _ in range(blocks):
        for operation in chain:
            nodes.append(Node(operation, width=8))
            links.append((ends[-1] if operation.family == "conv" else len(nodes) - 2, len(nodes) - 1))
        read = [*ends, len(nodes) - 1] if merge == "concat" else [ends[-1], len(nodes) - 1]
        nodes.append(Node(merge=merge, width=8 * len(read)))  # type: ignore[arg-type]
        links += [(source, len(nodes) - 1) for source in read]
        ends.append(len(nodes) - 1)
    return OpGraph.on_nodes([*nodes, Node(Operation("linear"))], [*links, (len(nodes) - 1, len(nodes))])


@pytest.mark.parametrize(("blocks", "merge"), [(150, "sum"), (60, "concat")])
def test_paths_of_deep_networks_are_counted_and_not_listed(blocks: int, merge: str):
    graph, words = _deep(blocks, merge), vocabulary(None)
    for values in (path_values, cell_values, flow_values):
        assert np.isfinite(values(graph, words)).all()
    assert np.isfinite(graf_values(graph, *graf_words(None))).all()  # a list of 2 ** 60 would never end

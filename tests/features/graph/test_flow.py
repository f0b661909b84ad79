import math

import numpy as np
import pytest

from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.flow import flow_columns, flow_values
from proxyrank.spaces.nb201 import NB201

WORDS = vocabulary(NB201.ops)
COLUMNS = flow_columns(WORDS)


def _follow(graph, reset):
    """Variance of every node by the operations passed (as text), in floats, edge by edge."""
    nodes = [{"": 1.0}] + [{} for _ in range(graph.n_nodes - 1)]
    for target in range(1, graph.n_nodes):
        for edge in graph.edges:
            if edge.target != target:
                continue
            source = nodes[edge.source]
            factor, mark = {
                "skip": (1.0, ""),
                "pool": (0.4, "p"),
                "conv3x3": (1.0, "3"),
                "conv1x1": (1.0, "1"),
            }[edge.operation.kind]
            if reset and edge.operation.kind.startswith("conv"):
                factor = 1 / sum(source.values())
            for word, variance in source.items():
                nodes[target][word + mark] = nodes[target].get(word + mark, 0.0) + factor * variance
    return nodes


def _summary(node):
    total = sum(node.values())
    shares = {word: variance / total for word, variance in node.items()}

    def share(test):
        return math.fsum(s for word, s in shares.items() if test(word))

    def moments(measure):
        mean = math.fsum(measure(word) * s for word, s in shares.items())
        return mean, math.fsum((measure(word) - mean) ** 2 * s for word, s in shares.items())

    def convs(word):
        return word.count("3") + word.count("1")

    return [
        math.log(total),
        *(share(lambda w, k=k: min(convs(w), 3) == k) for k in range(4)),
        *(share(lambda w, k=k: min(w.count("3"), 3) == k) for k in range(4)),
        share(lambda w: "p" in w),
        *moments(len),
        *moments(lambda w: w.count("3") + w.count("p")),
    ]


def _literal(graph):
    live = graph.live()
    if not live.edges:
        return [0.0] * len(COLUMNS)
    out = []
    for turned in (live, live.reverse()):
        for reset in (True, False):
            nodes = _follow(turned, reset)
            read = [nodes[e.source] for e in turned.edges if e.operation.kind != "skip"] or [{"": 1.0}]
            longest = max(max(map(len, node)) for node in read)
            candidates = [_summary(node) for node in read if max(map(len, node)) == longest]
            # floats differ in their last digits between nodes that tie exactly
            last = max(candidates, key=lambda summary: [round(value, 9) for value in summary])
            out += [*_summary(nodes[-1]), *last]
    return out


def test_equals_the_definition_on_random_graphs(random_graphs):
    for graph in random_graphs:
        # both sides are sums of a few dozen shares in [0, 1]: only the oracle rounds
        np.testing.assert_allclose(flow_values(graph, WORDS), _literal(graph), rtol=1e-11, atol=1e-11)


def test_shares_sum_to_one(space):
    for arch in space.sample(200, seed=3):
        row = dict(zip(COLUMNS, flow_values(space.graph(arch), WORDS), strict=True))
        connected = 1.0 if space.graph(arch).live_edges else 0.0
        for direction in ("forward", "backward"):
            for what in ("convs", "conv3x3"):
                shares = [row[f"flow_{direction}_reset_end_share_{k}_{what}"] for k in range(4)]
                assert math.fsum(shares) == pytest.approx(connected, abs=1e-15)


def test_without_reset_both_directions_arrive_alike(random_graphs):
    for graph in random_graphs:
        row = dict(zip(COLUMNS, flow_values(graph, WORDS), strict=True))
        for name, value in row.items():
            if name.startswith("flow_forward_pass_end"):
                assert row[name.replace("forward", "backward")] == value


def test_a_residual_block(space):
    arch = "|nor_conv_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"
    row = dict(zip(COLUMNS, flow_values(space.graph(arch), WORDS), strict=True))
    expected = {  # node 2 holds conv (1) + pool (0.4); the output is a conv of it plus the input
        "flow_forward_reset_end_log_variance": math.log(2),
        "flow_forward_pass_end_log_variance": math.log(2.4),
        "flow_forward_reset_last_log_variance": math.log(1.4),
        "flow_forward_reset_last_share_pooled": 0.4 / 1.4,
        "flow_forward_reset_end_share_2_conv3x3": 0.5 / 1.4,
        "flow_forward_reset_end_share_pooled": 0.2 / 1.4,
        "flow_forward_reset_end_depth_mean": 1.0,
        "flow_backward_reset_end_log_variance": math.log(2.4),
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-14)

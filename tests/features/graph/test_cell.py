from collections import Counter

import pytest

from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.cell import cell_columns, cell_values
from proxyrank.spaces.nb201 import NB201

WORDS = vocabulary(NB201.ops)

KINDS = ("conv3x3", "conv1x1", "pool")
COLUMNS = cell_columns(WORDS)


def kind_of(edge):
    return edge.operation.kind


def _literal(graph, live_routes) -> dict[str, float]:
    """Columns from the definition: terms of a node by counting ways of skips, routes by enumeration."""
    live = graph.live()
    last = live.n_nodes - 1
    made = {i: e for i, e in enumerate(live.edges) if kind_of(e) != "skip"}

    def skip_ways(start, end):
        if start == end:
            return 1
        skips = [e for e in live.edges if kind_of(e) == "skip" and e.source == start and e.target <= end]
        return sum(skip_ways(e.target, end) for e in skips)

    def terms(node):
        found = {i: skip_ways(e.target, node) for i, e in made.items() if e.target <= node}
        return Counter({"input": skip_ways(0, node)}) + Counter(found)  # + drops zeros

    output = terms(last) if live.edges else Counter()
    reads = {i: terms(e.source) for i, e in made.items()}
    inner = []
    for read in reads.values():
        if read != Counter(["input"]) and read not in inner:
            inner.append(read)
    nodes = [*inner, output]

    def number(node, kind):
        return sum(n for term, n in node.items() if term != "input" and kind_of(made[term]) == kind)

    out = {f"cell_count_{kind}": sum(kind_of(e) == kind for e in made.values()) for kind in KINDS}
    out["cell_count_convs"] = out["cell_count_conv3x3"] + out["cell_count_conv1x1"]
    out["cell_count_skip_terms"] = sum(node.total() for node in nodes) - len(made)
    out["cell_count_inner_nodes"] = len(inner)
    out |= {f"cell_output_{kind}": number(output, kind) for kind in KINDS}
    out["cell_output_input"] = output["input"]
    for kind in KINDS:
        out[f"cell_input_{kind}"] = sum(kind_of(e) == kind and "input" in reads[i] for i, e in made.items())
    for name in ("identity", "skip"):
        for kind in KINDS[:2]:
            pairs = 0
            for node in nodes:
                held = [read for read in (Counter(["input"]), *inner) if read < node]
                for term in node:
                    if term != "input" and kind_of(made[term]) == kind:
                        pairs += sum(
                            read == reads[term] if name == "identity" else term not in read for read in held
                        )
            out[f"cell_{name}_beside_{kind}"] = pairs
    summaries = []
    for read in inner:
        node = next(made[i].source for i in made if reads[i] == read)
        words = [[kind_of(e) for e in path] for path in live_routes(live, node)]
        counts = [
            [word.count("conv3x3") + word.count("conv1x1") for word in words],
            [word.count("conv3x3") for word in words],
            [word.count("pool") for word in words],
        ]
        summaries.append([end for c in counts for end in (min(c), max(c))] + [len(words)])
    summaries.sort(reverse=True)
    values = [value for summary in (*summaries, [0] * 7, [0] * 7)[:2] for value in summary]
    return out | dict(
        zip([name for name in COLUMNS if "_inner1_" in name or "_inner2_" in name], values, strict=True)
    )


def test_equals_the_definition_on_random_graphs(random_graphs, live_routes):
    for graph in random_graphs:
        expected = _literal(graph, live_routes)
        assert tuple(expected) == COLUMNS
        assert cell_values(graph, WORDS) == list(expected.values())


@pytest.mark.parametrize(
    ("arch", "expected"),
    [
        (  # conv(input) + input, then a conv of that beside it
            "|nor_conv_3x3~0|+|skip_connect~0|skip_connect~1|+|none~0|none~1|nor_conv_3x3~2|",
            {
                "cell_count_conv3x3": 2,
                "cell_count_inner_nodes": 1,
                "cell_count_skip_terms": 1,
                "cell_output_conv3x3": 1,
                "cell_identity_beside_conv3x3": 1,
                "cell_inner1_routes": 2,
                "cell_inner1_min_convs": 0,
                "cell_inner1_max_convs": 1,
                "cell_inner2_routes": 0,
            },
        ),
        (  # a residual over two convs: the input stands beside a conv that does not read it
            "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
            {
                "cell_identity_beside_conv3x3": 0,
                "cell_skip_beside_conv3x3": 1,
                "cell_output_input": 1,
                "cell_input_conv3x3": 1,
            },
        ),
    ],
)
def test_by_hand(arch, expected, space):
    row = dict(zip(COLUMNS, cell_values(space.graph(arch), WORDS), strict=True))
    assert {name: row[name] for name in expected} == expected

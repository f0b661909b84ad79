from collections import Counter
from itertools import combinations_with_replacement, product

import pytest

from proxyrank.features.graph._words import vocabulary
from proxyrank.features.graph.paths import path_columns, path_values
from proxyrank.spaces.nb201 import NB201

WORDS = vocabulary(NB201.ops)

KINDS = ("conv3x3", "conv1x1", "pool")
COLUMNS = path_columns(WORDS)


def _literal(paths) -> dict[str, float]:
    """The same columns counted over the list of all paths."""
    words = [tuple(e.operation.kind for e in path if e.operation.kind != "skip") for path in paths]
    convs = [sum(kind != "pool" for kind in word) for word in words]
    threes = [word.count("conv3x3") for word in words]
    pools = [word.count("pool") for word in words]
    bags = Counter(tuple(sorted(word, key=KINDS.index)) for word in words)
    out: dict[str, float] = {"path_count": len(words)}
    for size in range(4):
        for bag in combinations_with_replacement(KINDS, size):
            out[f"path_set_{'+'.join(bag) or 'empty'}"] = bags[bag]
    for size in (2, 3):
        for sequence in product(KINDS, repeat=size):
            out[f"path_seq_{'>'.join(sequence)}"] = words.count(sequence)
    for name, numbers in (("convs", convs), ("conv3x3", threes), ("pools", pools)):
        out[f"path_min_{name}"] = min(numbers, default=0)
        out[f"path_max_{name}"] = max(numbers, default=0)
        out[f"path_mean_{name}"] = sum(numbers) / len(numbers) if numbers else 0
        out[f"path_sum_{name}"] = sum(numbers)
    for name, numbers in (("convs", convs), ("conv3x3", threes)):
        for k in range(3):
            out[f"path_with_{k}_{name}"] = numbers.count(k)
        out[f"path_with_3_{name}"] = sum(number >= 3 for number in numbers)
    out["path_skip_only"] = sum(not word for word in words)
    out["path_pool_only"] = sum(set(word) == {"pool"} for word in words)
    out["path_conv_without_pool"] = sum(c > 0 and p == 0 for c, p in zip(convs, pools, strict=True))
    for kind in KINDS:
        out[f"path_through_{kind}"] = sum(kind in word for word in words)
    return out


def test_equals_full_enumeration_on_random_graphs(random_graphs, live_routes):
    for graph in random_graphs:
        expected = _literal(live_routes(graph))
        assert tuple(expected) == COLUMNS
        assert path_values(graph, WORDS) == list(expected.values())


def test_sizes_of_the_families():
    sizes = Counter(name.split("_")[1] for name in COLUMNS)
    assert sizes["set"] == 20
    assert sizes["seq"] == 36


def test_a_residual_block(space):
    arch = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
    row = dict(zip(COLUMNS, path_values(space.graph(arch), WORDS), strict=True))
    named = {
        "path_count": 2,
        "path_skip_only": 1,
        "path_seq_conv3x3>conv3x3": 1,
        "path_mean_conv3x3": 1,
        "path_with_2_convs": 1,
        "path_through_conv3x3": 1,
        "path_through_pool": 0,
    }
    assert {name: row[name] for name in named} == pytest.approx(named)

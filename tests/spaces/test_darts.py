"""DARTS genotypes: the spellings of three tables, keys, sizes on the built network and in a table."""

import numpy as np
import pytest

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces import DataShape
from proxyrank.spaces.darts import DARTS
from proxyrank.spaces.darts.genotype import INPUTS, NODES, Cell, prune_cell
from proxyrank.spaces.darts.network import DARTSNetwork
from proxyrank.spaces.darts.sizes import genotype_sizes
from proxyrank.spaces.darts.skeleton import Skeleton
from proxyrank.testing.spaces import SpaceContract

PAIRS = "('sep_conv_3x3', 0), ('skip_connect', 1), ('max_pool_3x3', 2), ('dil_conv_5x5', 0), "
PAIRS += "('avg_pool_3x3', 1), ('sep_conv_5x5', 3), ('skip_connect', 0), ('dil_conv_3x3', 4)"
FLAT = f"Genotype(normal=[{PAIRS}], normal_concat=range(2, 6), reduce=[{PAIRS}], reduce_concat=range(2, 6))"
DEFAULTS = f"Genotype(reduce=[{PAIRS}], normal=({PAIRS}))"


def nested() -> str:
    parts = PAIRS.split("), ")
    pairs = [part if part.endswith(")") else part + ")" for part in parts]
    cell = ", ".join(f"[{pairs[i]}, {pairs[i + 1]}]" for i in range(0, 8, 2))
    return (
        f"Genotype(normal=[{cell}], normal_concat=[2, 3, 4, 5], reduce=[{cell}], reduce_concat=[2, 3, 4, 5])"
    )


def test_spellings_of_one_genotype() -> None:
    for text in (FLAT, f"  {FLAT}\n", nested(), DEFAULTS, FLAT.replace("range(2, 6)", "(5, 4, 3, 2)")):
        assert DARTS.parse(text) == FLAT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (3, "is not a genotype"),
        ("Genotype(", "is not a genotype"),
        ("__import__('os').getcwd()", "is not a genotype"),
        ("Genotype([1], [2])", "must be named"),
        (f"Genotype(normal=[{PAIRS}])", "no cell 'reduce'"),
        (FLAT.replace("range(2, 6)", "range(3, 6)"), "normal_concat must be the nodes 2 to 5"),
        (FLAT.replace("range(2, 6)", "open('x')"), "normal_concat of the genotype must be a list"),
        (
            FLAT.replace("sep_conv_5x5", "sep_conv_7x7"),
            "normal, node 4: unknown operation 'sep_conv_7x7'; nearest",
        ),
        (FLAT.replace("5x5', 3)", "5x5', 4)"), "normal, node 4: an operation reads a source below 4, got 4"),
        (FLAT.replace("('skip_connect', 1), ", "", 1), "normal: expected 8 pairs .*, got 7"),
        (FLAT.replace("('skip_connect', 1)", "'skip_connect'"), "normal, node 2: expected a pair"),
        (nested().replace("], [('max", ", ('skip_connect', 0)], [('max", 1), "normal, node 2: expected 2"),
    ],
)
def test_refused_with_cell_and_node(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        DARTS.parse(text)


@pytest.mark.parametrize(
    "name", ["darts_oncenas_cifar10.csv", "darts_swap_cifar10.csv", "darts_nasbenchmark214_cifar10.csv"]
)
def test_tables_are_read_as_they_are(table, name: str) -> None:
    archs = [DARTS.parse(text) for text in table(name)["arch"].head(60)]
    assert [DARTS.parse(arch) for arch in archs] == archs
    assert all(DARTS.function_key(arch) == DARTS.function_key(DARTS.canonical(arch)) for arch in archs)


def test_operations_that_carry_nothing_are_pruned() -> None:
    cell: Cell = (("none", 0), ("none", 1), ("skip_connect", 2), ("sep_conv_3x3", 1), *[("none", 3)] * 4)
    expected = (*[("none", 0)] * 3, ("sep_conv_3x3", 1), *[("none", 0)] * 4)
    assert prune_cell(cell) == expected


def test_keys_do_not_depend_on_names() -> None:
    rng = np.random.default_rng(0)
    for arch in DARTS.sample(40, seed=1):
        value = DARTS.value(arch)
        other = DARTS.write(
            value._replace(normal=renamed(value.normal, rng), reduce=renamed(value.reduce, rng))
        )
        assert DARTS.function_key(other) == DARTS.function_key(arch)
        assert DARTS.function_key(DARTS.representative(arch)) == DARTS.function_key(arch)
    archs = DARTS.sample(200, seed=2)
    assert len(set(map(DARTS.function_key, archs))) == 200


def renamed(cell: Cell, rng: np.random.Generator) -> Cell:
    """Nodes in another topological order and pairs swapped, drawn at random."""
    nodes = {i + INPUTS: cell[2 * i : 2 * i + 2] for i in range(NODES)}
    place = {0: 0, 1: 1}
    pairs = []
    while len(place) < NODES + INPUTS:
        ready = [n for n in nodes if n not in place and all(source in place for _, source in nodes[n])]
        node = ready[rng.integers(len(ready))]
        two = [(op, place[source]) for op, source in nodes[node]]
        pairs += two[:: int(rng.choice([1, -1]))]
        place[node] = len(place)
    return tuple(pairs)


def test_swapped_inputs_are_another_network() -> None:
    swapped = FLAT.replace(
        "('sep_conv_3x3', 0), ('skip_connect', 1)", "('sep_conv_3x3', 1), ('skip_connect', 0)"
    )
    assert DARTS.function_key(swapped) != DARTS.function_key(FLAT)


def test_closed_form_equals_the_built_network(counted) -> None:
    shape, skeleton = DataShape(channels=1, resolution=8, classes=5), Skeleton(width=6, cells=6)
    with_none = FLAT.replace("('skip_connect', 1)", "('none', 1)")
    for arch in [with_none, *DARTS.sample(5, seed=4)]:
        value = DARTS.value(arch)
        assert genotype_sizes(value, shape, skeleton) == counted(DARTSNetwork(value, shape, skeleton), shape)


def test_sizes_of_the_published_network(table) -> None:
    rows = table("darts_oncenas_cifar10.csv").head(60)
    ours = [DARTS.sizes(DARTS.parse(arch), "cifar10").params / 1e6 for arch in rows["arch"]]
    assert ours == pytest.approx(rows["params_m"].astype(float).to_list(), abs=1e-9)
    built = DARTS.network(DARTS.parse(rows["arch"].iloc[0]), "cifar10")
    assert sum(p.numel() for p in built.parameters()) == 3_262_942


def test_images_that_cannot_be_halved_twice() -> None:
    with pytest.raises(ProxyrankError, match="multiple of 4, got 18"):
        DARTS.network(FLAT, DataShape(resolution=18))


def test_neighbours_differ_in_one_pair() -> None:
    found = DARTS.neighbours(FLAT)
    here = DARTS.value(FLAT)
    assert len(found) == len(set(found)) == 2 * (8 * 6 + 2 * (0 + 1 + 2 + 3))
    for arch in found:
        there = DARTS.value(arch)
        pairs = zip(here.normal + here.reduce, there.normal + there.reduce, strict=True)
        assert sum(a != b for a, b in pairs) == 1


def test_graphs_of_the_cells() -> None:
    graph = DARTS.parts(FLAT)["normal"]
    carried = [(e.source - 1, e.target - 1, e.operation.label) for e in graph.edges if e.operation][1:]
    value = DARTS.value(FLAT).normal
    assert carried == [(source, 2 + i // 2, op) for i, (op, source) in enumerate(value)]
    assert graph.nodes[-1].merge == "concat"
    assert len(DARTS.graph(FLAT).live_edges) == len(DARTS.graph(FLAT).edges) == 2 * 12 + 4


class TestContract(SpaceContract):
    space = DARTS
    examples = (FLAT, FLAT.replace("('skip_connect', 1)", "('none', 1)"))
    spellings = ((FLAT, DEFAULTS),)
    shape = DataShape(resolution=8, classes=4)

"""NAS-Bench-101: spellings, keys and sizes against the published table and brute force."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import torch

from proxyrank.common.errors import ArchitectureError
from proxyrank.spaces import DataShape
from proxyrank.spaces.nb101 import NB101
from proxyrank.spaces.nb101.cell import Cell, parse_cell
from proxyrank.spaces.nb101.channels import vertex_channels
from proxyrank.testing.spaces import SpaceContract

LETTER = "0111000/0000100/0000010/0000001/0000010/0000001:02100"
JSON = (
    '{"matrix": [[0,1,1,0],[0,0,0,1],[0,0,0,1],[0,0,0,0]],'
    ' "ops": ["input", "conv3x3-bn-relu", "maxpool3x3", "output"]}'
)


def test_spellings_of_one_cell() -> None:
    exact = "0110/0001/0001:02"
    assert NB101.parse(JSON) == exact
    assert NB101.parse(JSON.replace('"', "'")) == exact
    assert NB101.parse('{"module_adjacency": "0110/0001/0001", "module_operations": [0, 2]}') == exact
    for text in (exact, f"  {exact}\n", "0110/0001/0001 : 02", "0110/0001/0001,02"):
        assert NB101.parse(text) == exact
    assert NB101.parse("01:") == "01:"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (12, "is not a NAS-Bench-101 cell"),
        ("conv3x3", "is not a NAS-Bench-101 cell; expected"),
        ("0110/0001/0001:03", "4 vertices need 2 operations, each a digit 0 to 2, found '03'"),
        ("0110/0001/0001:0", "found '0'"),
        ("0110/0001/001:01", "row 3 of the matrix must be 4 digits"),
        ("0110/1001/0001:01", "row 2 of the matrix has an edge that does not go forward"),
        ("0110/0010/0000:01", "no path from the input to the output"),
        ("01000000/00100000/00010000/00001000/00000100/00000010/00000001:000000", "has 8"),
        ("0111111/0011100/0000010/0000001/0000001/0000001:00000", "at most 9 edges"),
        ('{"matrix": [[0, 1], [0, 0]]}', "expected the keys 'matrix' and 'ops', found matrix"),
        ('{"matrix": [[0, 1], [1, 0]], "ops": []}', "last row must be zero"),
        ('{"matrix": [[0, 1', "not valid JSON"),
        (
            JSON.replace("maxpool3x3", "maxpool5x5"),
            "'maxpool5x5' at vertex 2; nearest valid name: maxpool3x3",
        ),
    ],
)
def test_refused_with_the_place(text: object, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        NB101.parse(text)


def test_dead_vertices_are_pruned() -> None:
    dead = "01010/00100/00000/00001:010"
    assert NB101.canonical(dead) == "010/001:0"
    assert NB101.function_key(dead) == NB101.function_key("010/001:0")


def test_keys_against_all_renamings() -> None:
    cells = [parse_cell(arch) for arch in NB101.sample(300, seed=3)]
    cells += [renamed(cell, seed) for seed, cell in enumerate(cells)]
    ours = [NB101.function_key(NB101.write(cell)) for cell in cells]
    oracle = [smallest_by_force(cell) for cell in cells]
    assert ours[:300] == ours[300:]
    assert len(set(ours)) == len(set(oracle)) == 300


def renamed(cell: Cell, seed: int) -> Cell:
    """The cell with vertices in another topological order, drawn at random."""
    rng, size = np.random.default_rng(seed), len(cell.targets)
    order = [0]
    while len(order) < size:
        ready = [
            v for v in range(1, size) if v not in order and all(i in order for i, j in cell.edges if j == v)
        ]
        ready = [v for v in ready if v != size - 1] or ready
        order.append(int(rng.choice(ready)))
    place = {old: new for new, old in enumerate(order)}
    targets = [0] * size
    for source, target in cell.edges:
        targets[place[source]] |= 1 << place[target]
    return Cell(tuple(targets), "".join(cell.ops[v - 1] for v in order[1:-1]))


def smallest_by_force(cell: Cell) -> object:
    size = len(cell.targets)

    def form(order: tuple[int, ...]) -> object:
        place = {old: new for new, old in enumerate((0, *order, size - 1))}
        ops = tuple(cell.ops[v - 1] for v in order)
        return ops, tuple(sorted((place[i], place[j]) for i, j in cell.edges))

    return min(form(order) for order in permutations(range(1, size - 1)))


def test_published_hash_and_parameters(table: Callable[..., pd.DataFrame], counted) -> None:
    rows = table("nasbench101_sample15000.csv").head(200)
    archs = [NB101.parse(f"{matrix}:{ops}") for matrix, ops in zip(rows["matrix"], rows["ops"], strict=True)]
    assert [NB101.hash(arch) for arch in archs] == list(rows["hash"])
    assert [str(NB101.sizes(arch, "cifar10").params) for arch in archs] == list(rows["params"])
    networks = [NB101.network(arch, "cifar10") for arch in archs[:8]]
    built = [sum(p.numel() for p in network.parameters()) for network in networks]
    assert list(map(str, built)) == list(rows["params"][:8])


def test_a_published_hash_is_looked_up(table, tmp_path, monkeypatch) -> None:
    row = table("nasbench101_sample15000.csv").iloc[5]
    with monkeypatch.context() as patch:
        patch.setenv("PROXYRANK_DATA", str(tmp_path))
        patch.delenv("PROXYRANK_DATA")
        with pytest.raises(ArchitectureError, match="is a published hash: nb101 needs the table"):
            NB101.read(row["hash"])
        patch.setenv("PROXYRANK_DATA", str(tmp_path))
        pd.DataFrame([row]).to_parquet(tmp_path / "nasbench101_full.parquet")
        assert NB101.write(NB101.read(row["hash"])) == f"{row['matrix']}:{row['ops']}"
        assert NB101.published() == [f"{row['matrix']}:{row['ops']}"]
        with pytest.raises(ArchitectureError, match="no such hash"):
            NB101.read("0" * 32)


def test_closed_form_equals_the_built_network(counted) -> None:
    shape = DataShape(channels=1, resolution=12, classes=7)
    for arch in [*NB101.sample(6, seed=5), "01:", "0111/0001/0001:12"]:
        assert NB101.sizes(arch, shape) == counted(NB101.network(arch, shape), shape)


def test_channels_of_the_published_rule() -> None:
    assert vertex_channels(parse_cell("01110/00001/00001/00001:000"), 64, 128) == [64, 43, 43, 42, 128]
    assert vertex_channels(parse_cell(LETTER), 128, 128)[1:] == [64, 64, 64, 64, 64, 128]
    assert vertex_channels(parse_cell("01:"), 3, 9) == [3, 9]


def test_network_reads_the_input_through_projections_and_adds_it_to_the_output() -> None:
    network = NB101.network("0111/0010/0001:01", DataShape(resolution=8)).eval()
    cell = network.blocks[0]
    x = torch.randn(2, 128, 4, 4)
    first = cell.operations[0](cell.projections["1"](x))
    second = cell.operations[1](cell.projections["2"](x) + first)
    assert torch.allclose(cell(x), second + cell.projections["3"](x))


def test_graph_of_operations_on_nodes() -> None:
    graph = NB101.graph("0111/0010/0001:01")
    assert [node.operation and node.operation.kind for node in graph.nodes] == [
        None,
        "conv3x3",
        "conv1x1",
        None,
        None,
    ]
    # the input is added to the concatenation of one vertex
    assert [(e.source, e.target) for e in graph.edges] == [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (0, 4)]
    assert [node.merge for node in graph.nodes[-2:]] == ["concat", "sum"]
    dead = NB101.graph("01110/00001/00001/00000:012")
    assert [node.width for node in dead.nodes] == [60, 30, 30, None, 60]
    assert [(e.source, e.target) for e in NB101.graph("01:").edges] == [(0, 1)]


def test_neighbours_are_valid_different_and_mutual() -> None:
    for arch in NB101.sample(5, seed=2):
        found = NB101.neighbours(arch)
        assert len(set(found)) == len(found) > 5
        assert arch not in found
        assert [NB101.parse(cell) for cell in found] == found
        same_size = [cell for cell in found if len(cell) == len(arch)][:6]
        assert all(
            NB101.function_key(arch) in map(NB101.function_key, NB101.neighbours(n)) for n in same_size
        )


def test_neighbours_of_the_smallest_cell() -> None:
    assert NB101.neighbours("01:") == ["011/001:0", "011/001:1", "011/001:2"]


class TestContract(SpaceContract):
    space = NB101
    spellings = (("0110/0001/0001:02", JSON),)
    bad = ("", "0110/0001/0001:03", "[[0, 1], [0, 0]]")

"""Raw operations: literal rows, and places that are those of the graph in every space that names them."""

import pytest

from proxyrank.features import compute_features, get_group
from proxyrank.features.graph.raw import RAW
from proxyrank.features.tables.plan import plan_parts
from proxyrank.models.inputs.pool import averageable
from proxyrank.spaces import get_space

NB201 = get_space("nb201")
DEAD = "|skip_connect~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|none~2|"


def test_every_edge_and_both_counts_of_a_cell_with_dead_operations() -> None:
    row = compute_features(NB201, [DEAD], ["raw"], cache=False).frame.loc[DEAD]
    assert len(row) == 6 * 5 + 5 + 5
    edges = {name for name, value in row.items() if "=" in str(name) and value}
    assert edges == {
        "raw_0>1=skip_connect",
        "raw_0>2=avg_pool_3x3",
        "raw_1>2=nor_conv_3x3",
        "raw_0>3=nor_conv_3x3",
        "raw_1>3=none",
        "raw_2>3=none",
    }
    counts = {str(name).removeprefix("raw_"): value for name, value in row.items() if "=" not in str(name)}
    written = {"none": 2, "skip_connect": 1, "nor_conv_1x1": 0, "nor_conv_3x3": 2, "avg_pool_3x3": 1}
    live = dict.fromkeys(written, 0) | {"nor_conv_3x3": 1}
    expected = {f"count_{op}": n for op, n in written.items()} | {f"live_{op}": n for op, n in live.items()}
    assert counts == expected


@pytest.mark.parametrize("name", ["nb201", "tnb101-micro"])
def test_places_are_the_operations_of_the_graph(name: str) -> None:
    space = get_space(name)
    for arch in space.sample(20, seed=3):
        assert len(space.places) == len(space.graph(arch).operations)


@pytest.mark.parametrize("name", ["nb101", "darts", "mbconv"])
def test_elsewhere_counts_alone(name: str) -> None:
    space = get_space(name)
    archs = space.sample(3, seed=0)
    frame = compute_features(space, archs, ["raw"], cache=False).frame
    assert not any("=" in column for column in frame)
    total = frame[[column for column in frame if "count_" in column]].sum(axis=1)
    graphs = [
        space.parts(arch).values() if hasattr(space, "parts") else [space.graph(arch)] for arch in archs
    ]
    assert total.tolist() == [sum(len(graph.operations) for graph in each) for each in graphs]


def test_fits_do_not_average_it_over_equal_networks() -> None:
    space = get_space("nb201")
    assert averageable(space, plan_parts(space, ["raw", "graf", "paths"]), "filtered") == ["graf"]
    assert get_group("raw") is RAW

"""Ways through a small graph, against all of them listed one by one."""

import math

import pytest

from proxyrank.features.trace.columns import trace_values
from proxyrank.features.trace.kinds import KINDS, PRODUCTS, kind_of
from proxyrank.features.trace.record import Record, Size
from proxyrank.features.trace.ways import backward_flow, count_ways, forward_flow
from proxyrank.spaces.graph import Operation

WIDE, NARROW = Size(8, 16), Size(8, 4)
RECORDS = (
    Record(None, (), WIDE),
    Record(Operation("conv", 3), (0,), WIDE, macs=90),
    Record(Operation("normalisation"), (1,), WIDE),
    Record(None, (0, 2), WIDE, "concat"),
    Record(Operation("pool", 2, stride=2), (3,), NARROW),
    Record(Operation("conv", 1), (4,), NARROW, macs=10),
    Record(Operation("depthwise_conv", 5), (5,), NARROW),
    Record(None, (4, 5, 6), NARROW),
    Record(Operation("linear"), (7,), Size(10, 1)),
)


def _ways(i=8):
    if i == 0:
        return [[0]]
    return [[*way, i] for source in RECORDS[i].sources for way in _ways(source)]


def test_counts_are_those_of_all_ways_one_by_one():
    counted = [[sum(kind_of(RECORDS[i]) == kind for i in way) for kind in KINDS] for way in _ways()]
    depths = [sum(kind_of(RECORDS[i]) in PRODUCTS for i in way) for way in _ways()]
    counts = count_ways(RECORDS)
    assert counts.fewest[-1].tolist() == [min(column) for column in zip(*counted, strict=True)]
    assert counts.most[-1].tolist() == [max(column) for column in zip(*counted, strict=True)]
    assert (counts.shallowest[-1], counts.deepest[-1]) == (min(depths), max(depths))
    assert counts.routes[-1] == len(depths) == 6
    assert counts.mean_depth[-1] == pytest.approx(sum(depths) / len(depths))


def test_variance_and_what_made_it_by_hand():
    forward = forward_flow(RECORDS)
    # the concatenation: halves of variance 1, one of depth 1 and field 1; the pool: .4 of it, 0 pixels more;
    # the sum: three terms of .4, of depths .5, 1.5 and 2.5, the last with 2 pixels of side 2 more
    assert forward.log_variance == pytest.approx(math.log(1.2))
    depth, _, field, _ = forward.moments
    assert depth == pytest.approx(1.5 + 1)
    assert field == pytest.approx((0.5 + 0.5 + (0.5 + 4)) / 3)
    backward = backward_flow(RECORDS)
    assert backward.log_variance == pytest.approx(math.log(1.2 + 1))
    # 1.2 by the plain way, at depth 2 on average, and 1 (normalised) by the convolution, at depth 3
    assert backward.moments[0] == pytest.approx((1.2 * 2 + 1 * 3) / 2.2)


def test_columns_by_hand():
    values = {name.removeprefix("trace_"): value for name, value in trace_values(RECORDS).items()}
    expected = {
        **{"count_conv": 1, "count_pointwise": 1, "count_depthwise": 1, "count_linear": 1, "count_concat": 1},
        **{"count_norm": 1, "count_pool": 1, "count_sum": 1, "count_product": 0, "macs_conv": 0.9},
        **{"log_macs": math.log(100), "level0_count": 1, "level1_count": 2, "level2_count": 1},
        **{"width_first": 3, "width_last": 3, "kernel_mean": 3, "kernel_max": 5, "halvings": 2},
        **{"sum_max": 2, "identity": 1, "readers_max": 3, "link_product>norm": 1, "link_product>sum": 2},
        **{"link_sum>product": 1, "log_ways": math.log(6)},
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value), name

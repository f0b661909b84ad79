"""Any module as a graph of operations."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network.operations import attention_as_products, recurrence_as_products
from proxyrank.features.trace.columns import TRACE_COLUMNS, trace_values
from proxyrank.features.trace.network import trace_network

IMAGES = torch.zeros(2, 3, 16, 16)


def _kinds(network, images=IMAGES):
    return [operation.kind for operation in trace_network(network, images).graph.operations]


def test_numbers_of_operations_and_sizes_of_their_results():
    net = nn.Sequential(
        nn.Conv2d(3, 8, 5, stride=2, padding=4, dilation=2),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.Conv2d(8, 4, 1, groups=2),
        nn.ConvTranspose2d(4, 6, 2, stride=2),
        nn.AvgPool2d(2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 10),
    )
    graph = trace_network(net, IMAGES).graph
    kinds = ["conv5x5_s2_d2", "dwconv3x3", "conv1x1_g2", "conv2x2", "pool2x2_s2", "pool", "linear"]
    assert [operation.kind for operation in graph.operations] == kinds
    sizes = [(node.width, node.resolution) for node in graph.nodes[:-1]]
    assert sizes == [(3, 16), (8, 8), (8, 8), (4, 8), (6, 16), (6, 8), (6, 1), (10, 1)]
    assert [record.macs for record in trace_network(net, IMAGES).records][1:] == [
        *(8 * 64 * 75, 8 * 64 * 9, 4 * 64 * 4, 4 * 64 * 24, 0, 0, 60),
    ]


def test_ten_networks_have_the_products_that_torch_counts(network):
    traced = trace_network(network, IMAGES)
    with (
        attention_as_products(),
        recurrence_as_products(),
        torch.no_grad(),
        FlopCounterMode(display=False) as count,
    ):
        network.eval()(IMAGES[:1])
    assert sum(record.macs for record in traced.records) == count.get_total_flops() // 2
    graph = traced.graph
    assert not {"none", "skip"} & {operation.family for operation in graph.operations}
    assert len(graph.live_edges) == len(graph.edges)  # nothing dead is left
    values = trace_values(traced.records)
    assert list(values) == list(TRACE_COLUMNS)
    assert all(value == value and abs(value) < 1e6 for value in values.values())


class _Modules(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.act = (
            nn.Conv2d(3, 3, 3, padding=1),
            nn.BatchNorm2d(3),
            nn.ReLU(inplace=True),
        )
        self.pool, self.head = nn.AdaptiveAvgPool2d(1), nn.Linear(3, 10)

    def forward(self, x):
        y = self.act(self.norm(self.conv(x)))
        y += x
        return self.head(self.pool(y).flatten(1))


class _Functions(_Modules):
    def forward(self, x):
        y = torch.conv2d(x, self.conv.weight, self.conv.bias, padding=1)
        y = F.batch_norm(y, None, None, self.norm.weight, self.norm.bias, training=True).relu_()
        return torch.mean(torch.add(y, x), dim=(2, 3)) @ self.head.weight.T + self.head.bias


def test_one_graph_however_it_is_written(family):
    assert trace_network(_Modules(), IMAGES).records == trace_network(_Functions(), IMAGES).records
    assert _kinds(_Modules()) == ["conv3x3", "norm", "activation", "pool", "linear"]
    ways = [trace_network(family("vit", how=how), IMAGES).records for how in ("sdpa", "matmul", "einsum")]
    assert ways[0] == ways[1] == ways[2]
    assert _kinds(family("vit", depth=1)) == [
        *("conv4x4_s4", "norm", "linear", "attention", "linear", "norm", "linear", "activation", "linear"),
        *("norm", "linear"),
    ]


def test_attention_that_is_one_function_to_torch():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    assert _kinds(layer, torch.zeros(1, 5, 8)) == [
        *("linear", "attention", "linear", "norm", "linear", "activation", "linear", "norm"),
    ]


class _Looking(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 10, 3)
        self.own = [torch.ones(10, 1, 1)]  # a tensor that no module knows

    def forward(self, x):
        y = self.conv(x) * self.own[0]
        return (y if float(y.sum()) == float(y.sum()) else -y).amax((2, 3))


class _Assigned(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 5, 1), nn.Conv2d(3, 5, 1)

    def forward(self, x):
        out = x.new_zeros(len(x), 10, 16, 16)
        out[:, :5] = self.left(x)
        out[:, 5:] = self.right(x)
        return out.mean((2, 3)) + 0 * self.left(x).mean()


def test_networks_that_look_at_values_or_write_into_tensors():
    assert _kinds(_Looking()) == ["conv3x3", "pool"]
    assert _kinds(_Assigned()) == ["conv1x1", "conv1x1", "pool"]


def test_a_large_network_runs_without_memory_to_the_same_graph(network, monkeypatch):
    small = trace_network(network, IMAGES)
    monkeypatch.setattr("proxyrank.features.trace.network.SMALL", 0)
    assert trace_network(network, IMAGES) == small


class _Constant(nn.Module):
    def forward(self, x):
        return torch.ones(len(x), 10)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_cannot_be_traced():
    with pytest.raises(NotApplicableError, match="no function of torch leads from the input"):
        trace_network(_Constant(), IMAGES)
    with pytest.raises(NotApplicableError, match="must return logits, got a tuple of 2"):
        trace_network(nn.LSTM(16, 4), torch.zeros(1, 5, 16))
    compiled = torch.jit.script(nn.Sequential(nn.Conv2d(3, 10, 16), nn.Flatten()))
    assert set(_kinds(nn.Sequential(compiled))) == {"other"}


@pytest.mark.parametrize("name", ["resnet", "vit"])
def test_large_networks_are_traced(family, name):
    options = {
        "resnet": {"depths": (3, 8, 36, 3), "width": 2},
        "vit": {"depth": 24, "size": 224, "patch": 16},
    }
    network = family(name, **options[name])
    trace_network(nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 224, 224))  # torch gets ready once
    records = trace_network(network, torch.zeros(1, 3, 224, 224)).records
    values = trace_values(records)
    assert values["trace_max_depth"] == {"resnet": 152, "vit": 1 + 24 * 5 + 1}[name]

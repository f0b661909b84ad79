"""Trace: the network as a graph of operations, summed up in columns that are the same for every network."""

from typing import TYPE_CHECKING

from proxyrank.features.proxies.base import Proxy
from proxyrank.features.trace.columns import TRACE_COLUMNS, trace_values

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes


def trace(passes: "Passes") -> dict[str, float]:
    """Counts, ways, flow of variance, widths, resolutions and kernels of the traced network.

    See `proxyrank.features.trace.columns`.
    """
    from proxyrank.features.trace.network import trace_network

    return trace_values(trace_network(passes.network, passes.images()).records)


PROXY = Proxy(
    name="trace",
    compute=trace,
    meaning="the network as a graph of operations: counts, ways, flow of variance, widths, resolutions",
    paper="this project",
    columns=TRACE_COLUMNS,
    cost=0.1,
    depends_on=frozenset({"order"}),
    minimum_network="any module",
    settings=("dataset",),
)

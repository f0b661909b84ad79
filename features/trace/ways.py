"""What the ways from the input of a traced network to its logits pass: counts, and the variance they carry.

One sweep over the records each, so the time is that of the number of records.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proxyrank.features.graph.flow import POOL_GAIN
from proxyrank.features.trace.kinds import KINDS, PRODUCTS, kind_of
from proxyrank.features.trace.record import Record

_RESETTING = ("norm", "attention")
"""What gives a variance that does not depend on that of what is read; 1 is taken."""


@dataclass(frozen=True)
class Counts:
    """Operations on the ways from the input to each record, itself counted.

    Attributes
    ----------
    fewest, most
        Of each of `KINDS` [n, kinds].
    shallowest, deepest
        Of products, shape [n].
    routes
        Number of ways.
    mean_depth
        Products on a way, mean over all ways.
    """

    fewest: NDArray[np.int64]
    most: NDArray[np.int64]
    shallowest: NDArray[np.int64]
    deepest: NDArray[np.int64]
    routes: list[int]
    mean_depth: list[float]


def count_ways(records: Sequence[Record]) -> Counts:
    """Fewest, most and mean counts of operations on the ways to each record."""
    n, kinds = len(records), len(KINDS)
    fewest, most = np.zeros((2, n, kinds), dtype=np.int64)
    ends = np.zeros((2, n), dtype=np.int64)
    routes, mean = [1] * n, [0.0] * n
    for i, record in enumerate(records[1:], start=1):
        sources = list(record.sources)
        fewest[i], most[i] = fewest[sources].min(axis=0), most[sources].max(axis=0)
        ends[0, i], ends[1, i] = ends[0, sources].min(), ends[1, sources].max()
        routes[i] = sum(routes[source] for source in sources)
        mean[i] = sum(routes[source] / routes[i] * mean[source] for source in sources)
        kind, times = kind_of(record), record.operation.repeats if record.operation else 0
        if kind is not None:
            fewest[i, KINDS.index(kind)] += times
            most[i, KINDS.index(kind)] += times
        if kind in PRODUCTS:
            ends[:, i] += times
            mean[i] += times
    return Counts(fewest, most, ends[0], ends[1], routes, mean)


@dataclass(frozen=True)
class Carried:
    """Variance of a value, and where it came by.

    Attributes
    ----------
    log_variance
        Natural logarithm.
    moments
        Mean depth (products), depth squared, field (radius in pixels of the input), field squared, weighted
        by variance.
    """

    log_variance: float
    moments: tuple[float, float, float, float]

    @property
    def values(self) -> tuple[float, ...]:
        """Log-variance; mean and deviation of the depth, and of the field in log2(1 + pixels)."""
        depth, depth2, field, field2 = self.moments
        spread = max(0.0, depth2 - depth**2), max(0.0, field2 - field**2)
        return (
            self.log_variance,
            *(depth, spread[0] ** 0.5),
            *(math.log2(1 + field), math.log2(1 + spread[1] ** 0.5)),
        )


_START = Carried(0.0, (0.0, 0.0, 0.0, 0.0))


def forward_flow(records: Sequence[Record]) -> Carried:
    """Flow of the signal to the logits: `proxyrank.features.graph.flow` without histories, in floats."""
    carried = [_START]
    for record in records[1:]:
        parts = [carried[source] for source in record.sources]
        logs = [part.log_variance for part in parts]
        if record.merge == "product" and record.operation is None:
            mixed = _mixed(parts, [1.0] * len(parts), sum(logs))
        elif record.merge == "concat":
            widths = [math.log(records[source].size.width) for source in record.sources]
            whole = math.log(sum(records[source].size.width for source in record.sources))
            mixed = _summed(parts, [a + b - whole for a, b in zip(logs, widths, strict=True)])
        else:
            mixed = _summed(parts, logs)
        carried.append(_through(record, records, mixed))
    return carried[-1]


def backward_flow(records: Sequence[Record]) -> Carried:
    """Flow of the gradient to the input: the same on the graph turned round, where all values are sums."""
    received: list[list[Carried]] = [[] for _ in records]
    received[-1] = [_START]
    for i in range(len(records) - 1, 0, -1):
        parts = received[i]
        sent = _through(records[i], records, _summed(parts, [part.log_variance for part in parts]))
        for source in records[i].sources:
            received[source].append(sent)
    parts = received[0]
    return _summed(parts, [part.log_variance for part in parts])


def _summed(parts: Sequence[Carried], logs: Sequence[float]) -> Carried:
    largest = max(logs)
    weights = [math.exp(log - largest) for log in logs]
    return _mixed(parts, weights, largest + math.log(sum(weights)))


def _mixed(parts: Sequence[Carried], weights: Sequence[float], log_variance: float) -> Carried:
    whole = sum(weights)
    moments = (
        sum(weight * part.moments[k] for weight, part in zip(weights, parts, strict=True)) / whole
        for k in range(4)
    )
    a, b, c, d = moments
    return Carried(log_variance, (a, b, c, d))


def _through(record: Record, records: Sequence[Record], read: Carried) -> Carried:
    """Behind an operation."""
    operation, kind = record.operation, kind_of(record)
    if operation is None:
        return read
    gain = math.log(POOL_GAIN) if kind == "pool" else 0.0
    log_variance = 0.0 if kind in _RESETTING else read.log_variance + gain
    more = operation.repeats if kind in PRODUCTS else 0
    scale = (records[0].size.positions / max(1, records[record.sources[0]].size.positions)) ** 0.5
    wider = operation.radius * scale
    depth, depth2, field, field2 = read.moments
    moments = (
        depth + more,
        depth2 + 2 * more * depth + more**2,
        field + wider,
        field2 + 2 * wider * field + wider**2,
    )
    return Carried(log_variance, moments)

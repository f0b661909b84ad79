"""The columns of the feature group ``trace``: the same ones for every network.

``count``: operations of each kind, and places where values meet as a sum, a concatenation or a product.
``min``, ``max``: of each kind on a way from the input to the logits; ``depth`` is that of products.
``forward``, ``backward``: how the variance of signal and gradient is made up (`ways`). ``macs``: logarithm,
and share of each kind. ``level``: products, and share of their multiply-accumulates, by how often the input's
sides were halved, the last level for more. ``width``, ``kernel``, ``groups``, ``step``: over products.
``sum``: by how many products the terms of a sum are apart; ``identity``: sums of a value and what was made
of it. ``link``: what reads what.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from proxyrank.features.trace.kinds import KINDS, PRODUCTS, kind_of
from proxyrank.features.trace.ways import Counts, backward_flow, count_ways, forward_flow

if TYPE_CHECKING:
    from proxyrank.features.trace.record import Record

LEVELS = 6
_MERGES = ("sum", "concat", "product")
_FLOW = ("log_variance", "depth_mean", "depth_spread", "field_mean", "field_spread")
_LINKED = ("product", "norm", "activation", "sum")

TRACE_COLUMNS = tuple(
    f"trace_{name}"
    for name in (
        *(f"count_{name}" for name in (*KINDS, *_MERGES)),
        *(f"{end}_{kind}" for end in ("min", "max") for kind in KINDS),
        *("min_depth", "max_depth", "mean_depth", "log_ways"),
        *(f"{way}_{name}" for way in ("forward", "backward") for name in _FLOW),
        "log_macs",
        *(f"macs_{kind}" for kind in (*KINDS[:5], "other")),
        *(f"level{i}_{name}" for name in ("count", "macs") for i in range(LEVELS)),
        *("width_first", "width_last", "width_mean", "width_max", "step_mean", "step_max"),
        *("kernel_mean", "kernel_max", "groups_mean", "halvings"),
        *("sum_mean", "sum_max", "identity", "readers_mean", "readers_max"),
        *(f"link_{a}>{b}" for a in _LINKED for b in _LINKED),
    )
)
"""Names, in order."""


def trace_values(records: "Sequence[Record]") -> dict[str, float]:
    """Values of `TRACE_COLUMNS` of a traced network."""
    kinds = [kind_of(record) for record in records]
    counts = count_ways(records)
    products = [i for i, kind in enumerate(kinds) if kind in PRODUCTS]
    values = [
        *_counted(records, kinds),
        *counts.fewest[-1],
        *counts.most[-1],
        *(counts.shallowest[-1], counts.deepest[-1], counts.mean_depth[-1], math.log(counts.routes[-1])),
        *forward_flow(records).values,
        *backward_flow(records).values,
        *_macs(records, kinds),
        *_levels(records, products),
        *_widths(records, products),
        *_kernels(records, products),
        *_sums(records, counts),
        *_readers(records),
        *_links(records, kinds),
    ]
    return dict(zip(TRACE_COLUMNS, map(float, values), strict=True))


def _counted(records: "Sequence[Record]", kinds: Sequence[str | None]) -> list[int]:
    found = Counter(kinds)
    found.update(record.merge for record in records[1:] if record.operation is None)
    return [found[name] for name in (*KINDS, *_MERGES)]


def _macs(records: "Sequence[Record]", kinds: Sequence[str | None]) -> list[float]:
    whole = sum(record.macs for record in records)
    shares = dict.fromkeys((*KINDS[:5], "other"), 0.0)
    for record, kind in zip(records, kinds, strict=True):
        shares[kind if kind in PRODUCTS else "other"] += record.macs / max(whole, 1)
    return [math.log(max(whole, 1)), *shares.values()]


def _level(records: "Sequence[Record]", i: int) -> int:
    ratio = records[0].size.positions / records[i].size.positions
    return min(LEVELS - 1, max(0, round(math.log2(ratio) / 2)))


def _levels(records: "Sequence[Record]", products: Sequence[int]) -> list[float]:
    count, macs = [0.0] * LEVELS, [0.0] * LEVELS
    whole = max(1, sum(records[i].macs for i in products))
    for i in products:
        count[_level(records, i)] += 1
        macs[_level(records, i)] += records[i].macs / whole
    return [*count, *macs]


def _widths(records: "Sequence[Record]", products: Sequence[int]) -> list[float]:
    """Binary logarithms: first, in front of the last product, mean, largest; steps from width to width."""
    if not products:
        return [0.0] * 6
    widths = [math.log2(records[i].size.width) for i in products]
    before = [math.log2(records[records[i].sources[0]].size.width) for i in products]
    steps = [abs(after - own) for after, own in zip(widths, before, strict=True)]
    return [widths[0], before[-1], float(np.mean(widths)), max(widths), float(np.mean(steps)), max(steps)]


def _kernels(records: "Sequence[Record]", products: Sequence[int]) -> list[float]:
    made = [operation for i in products if (operation := records[i].operation) and operation.is_conv]
    kernels, groups = [o.kernel for o in made] or [0], [math.log2(o.groups) for o in made] or [0]
    halvings = math.log2(records[0].size.positions / min(record.size.positions for record in records)) / 2
    return [float(np.mean(kernels)), max(kernels), float(np.mean(groups)), halvings]


def _sums(records: "Sequence[Record]", counts: Counts) -> list[float]:
    """How far the terms of sums are apart, and how many of them hold a value beside what was made of it."""
    behind = [0] * len(records)
    spans, identities = [0], 0
    for i, record in enumerate(records[1:], start=1):
        for source in record.sources:
            behind[i] |= behind[source] | 1 << source
        if record.operation is None and record.merge == "sum":
            depths = counts.deepest[list(record.sources)]
            spans.append(int(depths.max() - depths.min()))
            earliest = min(record.sources)
            identities += all(behind[s] >> earliest & 1 for s in record.sources if s != earliest)
    return [float(np.mean(spans[1:] or [0])), max(spans), identities]


def _readers(records: "Sequence[Record]") -> list[float]:
    readers = Counter(source for record in records for source in set(record.sources))
    return [sum(readers.values()) / max(1, len(readers)), max(readers.values(), default=0)]


def _links(records: "Sequence[Record]", kinds: Sequence[str | None]) -> list[int]:
    def word(i: int) -> str | None:
        if records[i].operation is None:
            return records[i].merge if records[i].sources else None
        return "product" if kinds[i] in PRODUCTS else kinds[i]

    words = [word(i) for i in range(len(records))]
    pairs = Counter((words[s], words[i]) for i, record in enumerate(records) for s in record.sources)
    return [pairs[a, b] for a in _LINKED for b in _LINKED]

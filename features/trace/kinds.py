"""The kinds of operations that columns of a trace tell apart, and what every column reads of a record."""

from proxyrank.features.trace.record import Record

KINDS = (
    *("conv", "pointwise", "depthwise", "linear", "attention"),
    *("norm", "activation", "pool", "other"),
)
"""Convolutions of larger kernels, of 1x1, of one channel each; then as in `proxyrank.spaces.FAMILIES`."""

PRODUCTS = frozenset(KINDS[:5])
"""Kinds that mix by weights, or by products."""

_OF_FAMILY = {"depthwise_conv": "depthwise", "separable_conv": "depthwise", "normalisation": "norm"}


def kind_of(record: Record) -> str | None:
    """Kind of a record; None where values only meet."""
    operation = record.operation
    if operation is None:
        return None
    if operation.family == "conv":
        return "pointwise" if operation.kernel == 1 else "conv"
    word = _OF_FAMILY.get(operation.family, operation.family)
    return word if word in KINDS else "other"

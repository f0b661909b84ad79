"""How everything but products is written down: normalisations, activations, pools, and values that meet."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from proxyrank.features.trace.calls import Call, largest
from proxyrank.features.trace.products import PRODUCTS, Write
from proxyrank.features.trace.record import Record, Recording, Size
from proxyrank.spaces.graph import Merge, Operation

_NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "local_response_norm")
_ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "prelu", "rrelu", "threshold", "hardtanh", "elu", "celu", "selu"),
    *("gelu", "silu", "mish", "hardswish", "hardsigmoid", "softplus", "softsign", "tanhshrink", "sigmoid"),
    *("tanh", "logsigmoid", "log_softmax", "softmin", "clamp", "clip", "clamp_min", "clamp_max", "erf"),
    *("exp", "log", "abs", "square", "pow", "sqrt", "rsqrt", "sin", "cos", "hardshrink", "softshrink"),
    "normalize",
)
_REDUCTIONS = ("mean", "sum", "amax", "amin", "max", "min", "logsumexp", "norm", "std", "var")
_MIXED = ("interpolate", "upsample", "grid_sample", "fft", "ifft", "rfft", "irfft", "fft2", "cumsum", "sort")
_SUMS = ("add", "sub", "maximum", "minimum", "where", "lerp", "addcmul", "masked_fill", "logaddexp")


def inherit(source: Record, elements: int) -> Size:
    """Size of a result of so many values that has the width of its source, as far as that goes."""
    width = source.size.width
    return Size(width, elements // width) if elements and elements % width == 0 else Size(max(1, elements), 1)


def _unary(call: Call, recording: Recording, operation: Operation) -> int:
    first = call.sources[0]
    return recording.add(operation, [first], inherit(recording.records[first], call.output.numel()))


def _norm(call: Call, recording: Recording) -> int:
    return _unary(call, recording, Operation("normalisation"))


def _activation(call: Call, recording: Recording) -> int:
    return _unary(call, recording, Operation("activation"))


def _mixed(call: Call, recording: Recording) -> int:
    return _unary(call, recording, Operation("other", name=call.name))


def _softmax(call: Call, recording: Recording) -> int:
    first = call.sources[0]
    number = _activation(call, recording)
    if first in recording.products:
        recording.scores[number] = first
    return number


def _pool(call: Call, recording: Recording) -> int:
    kernel = largest(call.argument(1, "kernel_size"))
    stride = call.argument(2, "stride")
    return _unary(call, recording, Operation("pool", kernel, stride=largest(stride) if stride else kernel))


def _adaptive_pool(call: Call, recording: Recording) -> int:
    """A pool over the whole image has no kernel, any other the one that it comes to."""
    given, made = call.data[0].shape[2:], call.output.shape[2:]
    ratio = max((a // max(b, 1) for a, b in zip(given, made, strict=True)), default=1)
    if math.prod(made) == 1:
        return _unary(call, recording, Operation("pool"))
    return _unary(call, recording, Operation("pool", ratio, stride=max(1, ratio)))


def _reduction(call: Call, recording: Recording) -> int:
    """A pool over all positions; over channels, or of two values, it is something else."""
    if len(call.data) > 1:
        return _meet(call, recording, "sum")
    if call.output.numel() == call.data[0].numel():
        return call.sources[0]
    return _unary(call, recording, Operation("pool"))


def _cat(call: Call, recording: Recording) -> int:
    if len(call.data) == 1:
        return call.sources[0]
    sizes = [recording.records[source].size for source in call.sources]
    width, elements = sum(size.width for size in sizes), call.output.numel()
    alike = len({size.positions for size in sizes}) == 1
    made = Size(width, sizes[0].positions) if alike else inherit(recording.records[call.sources[0]], elements)
    return recording.add(None, call.sources, made, merge="concat")


def _meet(call: Call, recording: Recording, merge: Merge) -> int:
    sources = call.sources
    if len(sources) == 1:
        return sources[0]
    widest = max((recording.records[source] for source in sources), key=lambda made: made.size.width)
    return recording.add(None, sources, inherit(widest, call.output.numel()), merge=merge)


def _sum(call: Call, recording: Recording) -> int:
    return _meet(call, recording, "sum")


def _product(call: Call, recording: Recording) -> int:
    return _meet(call, recording, "product")


OTHERS: Mapping[str, Write] = MappingProxyType(
    {
        **dict.fromkeys(_NORMS, _norm),
        **dict.fromkeys(_ACTIVATIONS, _activation),
        **dict.fromkeys(_MIXED, _mixed),
        **{f"{kind}_pool{n}d": _pool for kind in ("max", "avg", "lp") for n in (1, 2, 3)},
        **{f"adaptive_{kind}_pool{n}d": _adaptive_pool for kind in ("max", "avg") for n in (1, 2, 3)},
        **dict.fromkeys(_REDUCTIONS, _reduction),
        **dict.fromkeys(_SUMS, _sum),
        **dict.fromkeys(("mul", "div"), _product),
        "softmax": _softmax,
        "cat": _cat,
    }
)


def write(call: Call, recording: Recording) -> int:
    """Write a call down, and return the record of its result.

    What none of the tables knows passes one value on (views, dropout), and joins several as a sum.
    """
    known = PRODUCTS.get(call.name) or OTHERS.get(call.name) or _sum
    return known(call, recording)

"""How products are written down: convolutions, linear maps, attention, recurrences."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor

from proxyrank.features.trace.calls import Call, largest, tensors_of
from proxyrank.features.trace.record import Recording, Size
from proxyrank.spaces.graph import Operation

Write = Callable[[Call, Recording], int]
"""Writes a call down and returns the record of its result."""


def _conv(call: Call, recording: Recording) -> int:
    weight: Tensor = call.argument(1, "weight")
    transposed = "transpose" in call.name
    given, output = call.argument(0, "input"), call.output
    groups = call.argument(6, "groups", 1)
    stride, dilation = call.argument(3, "stride", 1), call.argument(7 if transposed else 5, "dilation", 1)
    width = weight.shape[1] * groups if transposed else weight.shape[0]
    depthwise = groups > 1 and groups == (weight.shape[0] if transposed else weight.shape[1] * groups)
    operation = Operation(
        "depthwise_conv" if depthwise else "conv",
        max(weight.shape[2:]),
        stride=1 if transposed else largest(stride),
        groups=1 if depthwise else groups,
        dilation=largest(dilation),
    )
    macs = (given if transposed else output).numel() * math.prod(weight.shape[1:])
    size = Size(width, max(1, output.numel() // width))
    return recording.add(operation, call.sources[:1], size, macs=macs)


def _map(recording: Recording, source: int, output: int, width: int, macs: int) -> int:
    """A linear map with ``output`` values."""
    size = Size(width, max(1, output // width))
    return recording.add(Operation("linear"), [source], size, macs=macs)


def _linear(call: Call, recording: Recording) -> int:
    output = call.output
    inner = call.argument(0, "input").shape[-1]
    return _map(recording, call.sources[0], output.numel(), output.shape[-1], output.numel() * inner)


def _embedding(call: Call, recording: Recording) -> int:
    output = call.output
    return _map(recording, call.sources[0], output.numel(), output.shape[-1], 0)


def _matmul(call: Call, recording: Recording) -> int:
    """A product of two values (attention, where one is a softmax of such a product), or a linear map."""
    output, factors = call.output, call.data
    macs = _macs(call)
    if len(factors) == 1:
        return _map(recording, call.sources[0], output.numel(), output.shape[-1], macs)
    sources = call.sources[-2:]
    weights = next((source for source in sources if source in recording.scores), None)
    if weights is None:
        size = Size(output.shape[-1], max(1, output.numel() // output.shape[-1]))
        number = recording.add(None, sources, size, merge="product", macs=macs)
        recording.products.add(number)
        return number
    scored = recording.records[recording.scores[weights]]
    values = [source for source in sources if source != weights]
    size = recording.records[(values or sources)[0]].size
    return attend(recording, (*scored.sources, *values), size, macs + scored.macs)


def attend(recording: Recording, sources: tuple[int, ...], size: Size, macs: int) -> int:
    """Attention over some values."""
    return recording.add(Operation("attention"), list(dict.fromkeys(sources)), size, macs=macs)


def _macs(call: Call) -> int:
    """Multiply-accumulates of a matrix product or of an Einstein sum of two."""
    if call.name != "einsum":
        factor = next(t for t in call.arguments if isinstance(t, Tensor) and t.dim() > 0)
        return call.output.numel() * factor.shape[-1]
    equation = call.arguments[0]
    operands = call.arguments[1:]
    if not isinstance(equation, str) or "." in equation or not all(isinstance(t, Tensor) for t in operands):
        return call.output.numel()
    letters: dict[str, int] = {}
    for labels, operand in zip(equation.replace(" ", "").split("->")[0].split(","), operands, strict=True):
        letters |= dict(zip(labels, operand.shape, strict=True))
    return math.prod(letters.values())


def _attention(call: Call, recording: Recording) -> int:
    query, key, value = (call.argument(i, name) for i, name in enumerate(("query", "key", "value")))
    heads = math.prod(query.shape[:-2])
    macs = heads * query.shape[-2] * key.shape[-2] * (query.shape[-1] + value.shape[-1])
    sources = tuple(s for s in map(call.source, (query, key, value)) if s is not None)
    return attend(recording, sources, recording.records[sources[0]].size, macs)


def _whole_attention(call: Call, recording: Recording) -> int:
    """`torch.nn.MultiheadAttention`, which is one function to torch: projections, attention, projection."""
    query, key, value = (call.argument(i, name) for i, name in enumerate(("query", "key", "value")))
    width, tokens = query.shape[-1], query.numel() // query.shape[-1]
    sources = dict.fromkeys(s for s in map(call.source, (query, key, value)) if s is not None)
    alike = len(sources) == 1
    projected = [
        _map(
            recording,
            s,
            query.numel() * (3 if alike else 1),
            width * (3 if alike else 1),
            query.numel() * width * (3 if alike else 1),
        )
        for s in sources
    ]
    macs = 2 * width * tokens * (key.numel() // key.shape[-1])
    mixed = attend(recording, tuple(projected), Size(width, tokens), macs)
    return _map(recording, mixed, query.numel(), width, query.numel() * width)


def _recurrence(call: Call, recording: Recording) -> int:
    """Recurrent layers, which have no family of their own."""
    weights = [t for t in tensors_of(call.arguments) if t.dim() == 2 and id(t) not in call.known]
    output = call.output
    width = output.shape[-1]
    tokens = max(1, output.numel() // width)
    layers = next((a for a in call.arguments if isinstance(a, int) and not isinstance(a, bool)), 1)
    operation = Operation("other", repeats=max(1, layers), name=call.name)
    return recording.add(
        operation, call.sources[:1], Size(width, tokens), macs=tokens * sum(w.numel() for w in weights)
    )


PRODUCTS: Mapping[str, Write] = MappingProxyType(
    {
        **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _conv),
        **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _conv),
        **dict.fromkeys(("matmul", "einsum", "baddbmm", "addmm"), _matmul),
        **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrence),
        **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _recurrence),
        "linear": _linear,
        "bilinear": _linear,
        "embedding": _embedding,
        "scaled_dot_product_attention": _attention,
        "multi_head_attention_forward": _whole_attention,
    }
)
"""By the function's plain name; called where some argument depends on the input."""

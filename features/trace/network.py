"""The graph of operations of any torch module."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.network.operations import attention_as_products
from proxyrank.features.trace.calls import tensors_of
from proxyrank.features.trace.record import Record, Recording
from proxyrank.features.trace.recorder import Recorder
from proxyrank.spaces.graph import Node, OpGraph

MAX_RECORDS = 20_000
"""Bound on the operations of a network."""


@dataclass(frozen=True)
class TracedNetwork:
    """A network as it ran on one image.

    Attributes
    ----------
    records
        Operations that the logits depend on and places where values meet, the input first, each after those
        that it reads; the last one makes the logits.
    """

    records: tuple[Record, ...]

    @property
    def graph(self) -> OpGraph:
        """Operations on nodes, with widths and resolutions (the root of the number of positions)."""
        nodes = [
            Node(made.operation, made.merge, made.size.width, max(1, round(made.size.positions**0.5)))
            for made in self.records
        ]
        links = [(source, i) for i, made in enumerate(self.records) for source in made.sources]
        return OpGraph.on_nodes([*nodes, Node()], [*links, (len(nodes) - 1, len(nodes))])


def trace_network(network: nn.Module, images: Tensor) -> TracedNetwork:
    """Trace a network that maps images to logits; it is left as it is.

    Its functions are seen as they run, in eval mode, on one image without memory (torch's device ``meta``)
    or, where the network looks at values, on a real one. So control flow, functional calls and methods need
    no rewriting, and one network written in two ways has one graph.

    Parameters
    ----------
    network
        The module.
    images
        A batch [B, ...] of what it reads; the first one is used.

    Raises
    ------
    NotApplicableError
        If the output does not depend on the input by anything that can be seen, or is not one tensor.

    Examples
    --------
    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten())
    >>> graph = trace_network(net, torch.zeros(1, 3, 8, 8)).graph
    >>> [operation.kind for operation in graph.operations], graph.nodes[1].width
    (['conv3x3', 'activation'], 8)
    """
    one = images[:1].detach()
    try:
        recorder, output = _run(_without_memory(network), one.to("meta"))
    except Exception:  # whatever its code does with values that are not there
        recorder, output = _run(deepcopy(network), one)
    outputs = list(tensors_of(output))
    if len(outputs) != 1 or not isinstance(output, Tensor):
        raise NotApplicableError(f"the module must return logits, got {type(output).__name__}")
    last = recorder.record_of(output)
    if not last:
        raise NotApplicableError("cannot be traced: no function of torch leads from the input to the logits")
    if len(recorder.recording.records) > MAX_RECORDS:
        raise NotApplicableError(f"cannot be traced: more than {MAX_RECORDS} operations")
    return TracedNetwork(_needed(recorder.recording, last))


def _run(network: nn.Module, images: Tensor) -> tuple[Recorder, Any]:
    recorder = Recorder(images)

    def hook(module: nn.Module, inputs: Any, output: Any) -> None:
        recorder.unseen(getattr(module, "original_name", ""), inputs, output)

    for module in network.modules():
        module.training = False
        if isinstance(module, torch.jit.ScriptModule):
            module.register_forward_hook(hook)
    with torch.no_grad(), attention_as_products(), recorder:
        output = network(images)
    return recorder, output


def _without_memory(network: nn.Module) -> nn.Module:
    """Copy of a network whose parameters and buffers have shapes alone."""
    memo: dict[int, Any] = {}
    for parameter in network.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=False)
    for buffer in network.buffers():
        memo[id(buffer)] = buffer.to("meta")
    return deepcopy(network, memo)


def _needed(recording: Recording, last: int) -> tuple[Record, ...]:
    """Records that the last one depends on, numbered anew."""
    needed = {0, last}
    for number in range(last, 0, -1):
        if number in needed:
            needed.update(recording.records[number].sources)
    place = {number: i for i, number in enumerate(sorted(needed))}
    chosen = [recording.records[number] for number in sorted(needed)]
    return tuple(
        Record(r.operation, tuple(place[s] for s in r.sources), r.size, r.merge, r.macs) for r in chosen
    )

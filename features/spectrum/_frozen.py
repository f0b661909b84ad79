"""Borrow a network for a pass in eval mode and give it back exactly as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def left_as_it_was(network: nn.Module) -> Iterator[None]:
    """Eval mode, no parameter asking for gradients, gradients enabled, within the block.

    Afterwards every module's mode, every parameter's ``requires_grad``, every buffer and torch's global
    generators are what they were.
    """
    modes = [(module, module.training) for module in network.modules()]
    flags = [(parameter, parameter.requires_grad) for parameter in network.parameters()]
    buffers = [(buffer, buffer._version, buffer.clone()) for buffer in network.buffers()]
    devices = sorted({p.device.index for p, _ in flags if p.device.type == "cuda"})
    with torch.inference_mode(False), torch.enable_grad(), torch.random.fork_rng(devices):
        try:
            # The flags themselves: `eval()` may be overridden to do more.
            for module, _ in modes:
                module.training = False
            for parameter, _ in flags:
                parameter.requires_grad_(False)
            yield
        finally:
            for module, mode in modes:
                module.training = mode
            for parameter, flag in flags:
                parameter.requires_grad_(flag)
            with torch.no_grad():
                for buffer, version, value in buffers:
                    if buffer._version != version:
                        buffer.copy_(value)

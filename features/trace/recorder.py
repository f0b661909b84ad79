"""A mode of torch in which every function that the network calls is written down."""

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from proxyrank.features.trace.calls import Call, plain_name, tensors_of
from proxyrank.features.trace.others import write
from proxyrank.features.trace.record import Recording, Size
from proxyrank.spaces.graph import Operation

_CONSTANT = ("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like")


class Recorder(TorchFunctionMode):
    """Within the block, write down what is computed from the images.

    Modules, functions, methods and operators all end in functions of torch, so a network has one graph
    however it is written.

    Parameters
    ----------
    images
        What goes into the network.
    """

    def __init__(self, images: Tensor) -> None:
        super().__init__()
        width = images.shape[-1] if images.dim() < 4 else images.shape[1]
        self.recording = Recording([])
        self.recording.add(None, (), Size(width, max(1, images.numel() // width)))
        self._known: dict[int, int] = {}
        self._held: list[Tensor] = []  # so that no identity is given out again
        self._storages: dict[int, int] = {}
        self.learn(images, 0)

    def learn(self, tensor: Tensor, record: int) -> None:
        """Say which record made a tensor."""
        self._known[id(tensor)] = record
        self._held.append(tensor)
        self._storages[tensor.untyped_storage()._cdata] = record

    def record_of(self, tensor: Tensor) -> int | None:
        """Record that made a tensor or, of one that came by unseen, the memory it lies in."""
        if id(tensor) in self._known:
            return self._known[id(tensor)]
        return self._storages.get(tensor.untyped_storage()._cdata)

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one function and write it down."""
        named = kwargs or {}
        result = func(*args, **named)
        name = plain_name(func)
        if name in _CONSTANT or name.startswith("new_") or (name == "mul" and 0 in _numbers(args)):
            return result
        if name == "setitem":
            self._assigned(args[0], args[-1])
            return result
        made = [tensor for tensor in tensors_of(result) if tensor.numel()]
        call = Call(name, args, named, result, self._known)
        if made and call.data:
            record = write(call, self.recording)
            for tensor in made:
                self.learn(tensor, record)
        return result

    def _assigned(self, target: Tensor, value: Any) -> None:
        """Part of a tensor was overwritten: it holds both values from now on."""
        new, old = (self._known.get(id(t)) if isinstance(t, Tensor) else None for t in (value, target))
        if new is None:
            return
        size = self.recording.records[new].size if old is None else self.recording.records[old].size
        self.learn(target, new if old is None else self.recording.add(None, (old, new), size, merge="concat"))

    def unseen(self, name: str, inputs: Any, outputs: Any) -> None:
        """Write down a compiled module, inside which nothing is shown, as one operation."""
        sources = [self._known[id(t)] for t in tensors_of(inputs) if id(t) in self._known]
        for tensor in tensors_of(outputs):
            if sources and self.record_of(tensor) is None:
                size = Size(tensor.shape[-1] if tensor.dim() else 1, 1)
                self.learn(tensor, self.recording.add(Operation("other", name=name), sources, size))


def _numbers(arguments: tuple[Any, ...]) -> list[float]:
    return [value for value in arguments if isinstance(value, int | float)]

"""Calls of torch functions: their names without the ways of spelling, their arguments, and what is data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

_SPELLINGS = {
    "concat": "cat",
    "concatenate": "cat",
    "stack": "cat",
    "hstack": "cat",
    "vstack": "cat",
    "subtract": "sub",
    "multiply": "mul",
    "true_divide": "div",
    "truediv": "div",
    "divide": "div",
    "mm": "matmul",
    "bmm": "matmul",
    "special_softmax": "softmax",
}


def plain_name(function: Any) -> str:
    """Name of a function: ``add`` for ``+``, ``+=``, `torch.add`, ``x.add`` and ``x.add_``."""
    name = str(getattr(function, "__name__", ""))
    if name.startswith("__") and name.endswith("__"):
        name = name[2:-2]
        if name[:1] in ("i", "r") and name[1:] in ("add", "sub", "mul", "truediv", "matmul", "pow", "div"):
            name = name[1:]
    name = name.strip("_")
    return _SPELLINGS.get(name, name)


@dataclass(frozen=True)
class Call:
    """A call that is over.

    Attributes
    ----------
    name
        As `plain_name` gives it.
    arguments, named
        As they were passed.
    result
        What came back.
    known
        Identity of a tensor -> number of the record that made it; a tensor that is not there does not depend
        on the input.
    """

    name: str
    arguments: Sequence[Any]
    named: Mapping[str, Any]
    result: Any
    known: Mapping[int, int]

    def argument(self, place: int, name: str, default: Any = None) -> Any:
        """An argument by place or name."""
        return self.arguments[place] if place < len(self.arguments) else self.named.get(name, default)

    def source(self, value: Any) -> int | None:
        """Record of a tensor; None where it does not depend on the input."""
        return self.known.get(id(value)) if isinstance(value, Tensor) else None

    @property
    def data(self) -> list[Tensor]:
        """Tensors among the arguments that depend on the input, in their order."""
        given = (*self.arguments, *self.named.values())
        return [tensor for tensor in tensors_of(given) if id(tensor) in self.known]

    @property
    def sources(self) -> list[int]:
        """Records of `data`."""
        return [self.known[id(tensor)] for tensor in self.data]

    @property
    def output(self) -> Tensor:
        """The result, the first tensor where there are several."""
        return next(tensors_of(self.result))


def tensors_of(value: Any) -> Iterator[Tensor]:
    """All tensors in nested tuples, lists and mappings."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_of(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors_of(item)


def largest(value: Any) -> int:
    """The number, or the largest of several; 1 for None."""
    if value is None:
        return 1
    return max(map(int, value), default=1) if isinstance(value, (tuple, list)) else int(value)

"""Which of several outputs of a network are its logits."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import NotApplicableError

if TYPE_CHECKING:
    from torch import nn


class Picked:
    """Forward hook that passes on one of several outputs.

    Parameters
    ----------
    which
        Position in a tuple or list, or name in a mapping or of an attribute.
    """

    def __init__(self, which: str) -> None:
        self.which = which

    def __call__(self, module: "nn.Module", inputs: Any, output: Any) -> Any:
        """Pick.

        Raises
        ------
        NotApplicableError
            If there is no such output.
        """
        if isinstance(output, Mapping) and self.which in output:
            return output[self.which]
        if isinstance(output, (tuple, list)) and self.which.lstrip("-").isdigit():
            place = int(self.which)
            if -len(output) <= place < len(output):
                return output[place]
        if not self.which.isdigit() and hasattr(output, self.which):  # a named tuple, a data class
            return getattr(output, self.which)
        raise NotApplicableError(f"no output {self.which!r} in {described(output)}")


def described(output: Any) -> str:
    """What a network returned, in a few words."""
    if isinstance(output, Mapping):
        return f"a mapping of {', '.join(map(str, output))}"
    if isinstance(output, (tuple, list)):
        return f"a {type(output).__name__} of {len(output)}"
    shape = getattr(output, "shape", None)
    return type(output).__name__ if shape is None else str(list(shape))


def picking(network: "nn.Module", which: str | None) -> "nn.Module":
    """The network itself, from now on returning one of its outputs; as it is without ``which``."""
    if which is not None and hasattr(network, "register_forward_hook"):
        network.register_forward_hook(Picked(which))
    return network

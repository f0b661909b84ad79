"""SWAP: how many patterns the ReLU units show over the images of a batch."""

from collections import defaultdict
from typing import TYPE_CHECKING

from proxyrank.common.errors import NotApplicableError
from proxyrank.features.proxies.base import Proxy

if TYPE_CHECKING:
    from torch import Tensor

    from proxyrank.features.network.passes import Passes

_WORD = 64
"""Images whose bits share one whole number."""


class UnitPatterns:
    """Listener of rectifiers: the bits of every unit over the images, packed into whole numbers.

    The bit of an image is 1 where the input of the ReLU is positive. Inputs that are not image-shaped stay
    out, as in the published code.
    """

    def __init__(self) -> None:
        self._words: dict[int, list[Tensor]] = defaultdict(list)

    def __call__(self, x: "Tensor") -> None:
        """Add the units of one rectifier."""
        import torch

        if x.dim() != 4:
            return
        for place, part in enumerate(torch.split((x > 0).flatten(1), _WORD)):
            word = torch.zeros(part.shape[1], dtype=torch.int64, device=x.device)
            for bits in part:
                word = word.bitwise_left_shift_(1).bitwise_or_(bits)
            self._words[place].append(word)

    def count(self) -> int:
        """Different patterns among all units; none where no ReLU ran."""
        import torch

        found, ids = 0, None
        for words in self._words.values():
            values, places = torch.unique(torch.cat(words), return_inverse=True)
            if ids is not None:
                values, places = torch.unique(ids * len(values) + places, return_inverse=True)
            found, ids = len(values), places
        return found


def swap(passes: "Passes") -> dict[str, float]:
    """Different patterns among all ReLU units, each over the first batch in train mode.

    At most 2^B of B images, which small batches reach; the score of the paper, without its regularisation by
    the number of parameters. The published code takes the mean over 32 draws of the weights (``repeats``).
    """
    import torch

    from proxyrank.features.network.operations import Rectifiers

    patterns = UnitPatterns()
    with Rectifiers(before=patterns), torch.no_grad():
        passes.trainable(passes.images())
    found = patterns.count()
    if not found:
        raise NotApplicableError("no ReLU with image features")
    return {"swap": float(found)}


PROXY = Proxy(
    name="swap",
    compute=swap,
    meaning="different patterns of the ReLU units over the images of the batch",
    paper="Peng et al., SWAP-NAS, ICLR 2024, arXiv 2403.04161",
    minimum_batch=2,
    cost=2.0,
    depends_on=frozenset({"dead"}),
    minimum_network="a ReLU that reads image-shaped features",
)

"""What a zero-cost proxy is: a pure function of shared passes, and the facts that people ask about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from proxyrank.features.settings import IMAGES

if TYPE_CHECKING:
    from proxyrank.features.network.passes import Passes

ZERO_GRADIENT = "degenerate: zero gradient"
"""Why a signed sum over the loss gradient has no value: its 0 would lie among the values of live networks."""


@dataclass(frozen=True)
class Missing:
    """Stands for one value that does not exist; the reason goes beside the gap in the table."""

    reason: str


PINK: Mapping[str, Any] = {"input": "pink", "batch_size": 64}
"""Defaults of the proxies that compare images with each other, see docs/inputs.md."""

Values = Mapping[str, "float | Missing"]
ComputeProxy = Callable[["Passes"], Values]


@dataclass(frozen=True)
class Proxy:
    """One zero-cost proxy.

    Attributes
    ----------
    name
        As written in ``--proxies``.
    compute
        Its values, one a column, from the shared passes of one network. Raises NotApplicableError with a
        short reason where the whole proxy has no value.
    meaning
        One line for people.
    paper
        Where it was published.
    reads
        The shared passes that it reads (names of cached properties of `Passes`); what nobody is left to read
        is freed.
    direction
        +1 where larger is taken for better, -1 where smaller is.
    columns
        Names of its values; the proxy's own name where it has one.
    labels
        Whether it reads labels.
    second_batch
        Whether it reads the second batch.
    minimum_batch
        Smallest batch size for which it is defined.
    cost
        Seconds when computed alone, in forward passes of the batch, on the mean cell of NAS-Bench-201.
    depends_on
        What tells it networks of one function apart, beyond the draw of the weights: ``dead`` operations (it
        counts them), the ``order`` of the parameters.
    minimum_network
        What a module must have for the proxy to be defined.
    version
        Raised whenever a value changes: shipped tables, caches and rankers of other proxies stay in use.
    settings
        Names of the fields of `FeatureSettings` that its values depend on.
    defaults
        Its own defaults of such settings, where they are not those of `FeatureSettings`.
    """

    name: str
    compute: ComputeProxy
    meaning: str
    paper: str
    reads: tuple[str, ...] = ()
    direction: Literal[1, -1] = 1
    columns: tuple[str, ...] = ()
    labels: bool = False
    second_batch: bool = False
    minimum_batch: int = 1
    cost: float = 1.0
    depends_on: frozenset[Literal["dead", "order"]] = frozenset()
    minimum_network: str = "a conv or linear layer"
    version: int = 1
    settings: tuple[str, ...] = IMAGES
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.columns:
            object.__setattr__(self, "columns", (self.name,))

"""What a search space offers, and the list of the known ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from proxyrank.common.errors import ArchitectureError, ProxyrankError
from proxyrank.spaces.graph import OpGraph

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class NetworkConfig:
    """The skeleton that an architecture is put into, and the images it reads.

    Attributes
    ----------
    width
        Channels of the first stage.
    depth
        Cells (or layers) a stage.
    classes
        Outputs of the classifier.
    channels
        Channels of the input image.
    resolution
        Height and width of the input image in pixels.
    """

    width: int = 16
    depth: int = 5
    classes: int = 10
    channels: int = 3
    resolution: int = 32

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value < 1:
                raise ProxyrankError(f"{name} of a network must be at least 1, got {value}")


DATASETS: dict[str, NetworkConfig] = {
    "cifar10": NetworkConfig(classes=10, resolution=32),
    "cifar100": NetworkConfig(classes=100, resolution=32),
    "ImageNet16-120": NetworkConfig(classes=120, resolution=16),
    "digits": NetworkConfig(width=8, depth=2, classes=10, resolution=8),
}
"""Network of each known data set; a label column of that name selects it."""


def network_config(dataset: str) -> NetworkConfig:
    """Look up a data set's network.

    Raises
    ------
    ProxyrankError
        If the data set is unknown.
    """
    try:
        return DATASETS[dataset]
    except KeyError:
        raise ProxyrankError(f"unknown dataset {dataset!r}; known: {', '.join(DATASETS)}") from None


@dataclass(frozen=True)
class Sizes:
    """Size of one network.

    Attributes
    ----------
    flops
        Multiply-accumulates of conv and linear layers plus one a bias output, an image (NATS-Bench).
    params
        Parameters.
    dim
        Parameter tensors (the VKDNW paper's aleph).
    """

    flops: int
    params: int
    dim: int


class SearchSpace(Protocol):
    """A set of architectures, each named by a string.

    A second space joins by an object with these members and a line in ``_FACTORIES``; features and models
    ask for nothing else. Every method takes any accepted spelling.
    """

    name: str
    description: str
    ops: tuple[str, ...]
    """Names of the operations, in the order in which features list them."""

    def parse(self, text: str) -> str:
        """Exact spelling of the architecture, the key of every table. Raises ArchitectureError."""
        ...

    def canonical(self, arch: str) -> str:
        """The architecture without operations that cannot matter."""
        ...

    def function_key(self, arch: str) -> str:
        """Equal for two architectures exactly when they are the same network up to names."""
        ...

    def representative(self, arch: str) -> str:
        """One architecture, itself canonical, for all that share a `function_key`."""
        ...

    def graph(self, arch: str) -> OpGraph:
        """Operations on a directed acyclic graph, as written (dead ones included)."""
        ...

    def sizes(self, arch: str, config: NetworkConfig, *, effective: bool = False) -> Sizes:
        """Closed-form sizes as built or, ``effective``, without dead operations."""
        ...

    def archs(self, population: str = "all") -> Sequence[str]:
        """All architectures of a population, sorted. Raises ProxyrankError where they are too many."""
        ...

    def populations(self) -> Sequence[str]:
        """Names accepted by `archs`."""
        ...

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """``n`` different architectures, a prefix of what a larger ``n`` gives."""
        ...

    def neighbours(self, arch: str) -> list[str]:
        """Architectures one change away."""
        ...

    def build(self, arch: str, config: NetworkConfig) -> "nn.Module":
        """The torch network, randomly initialised from torch's global generator."""
        ...


_FACTORIES: dict[str, tuple[str, str]] = {"nb201": ("proxyrank.spaces.nb201", "NB201")}
"""Name of a space -> module and attribute that hold it; imported when first asked for."""


def register_space(name: str, module: str, attribute: str) -> None:
    """Make a space of another package known under ``name``; it is imported on first use."""
    _FACTORIES[name] = (module, attribute)


def space_names() -> list[str]:
    """Names that `get_space` accepts."""
    return sorted(_FACTORIES)


def get_space(name: str) -> SearchSpace:
    """The search space of that name.

    Raises
    ------
    ProxyrankError
        If there is none.
    """
    if name not in _FACTORIES:
        raise ProxyrankError(f"unknown search space {name!r}; known: {', '.join(space_names())}")
    module, attribute = _FACTORIES[name]
    space: SearchSpace = getattr(import_module(module), attribute)
    return space


def parse_all(space: SearchSpace, texts: Iterable[Any], where: Callable[[int], str]) -> list[str]:
    """Parse many architectures; an error says where the bad one stands.

    Parameters
    ----------
    space
        The space they belong to.
    texts
        Spellings, one an architecture.
    where
        Text for the place of the i-th one (from 0), such as ``"archs.txt, line 3"``.

    Raises
    ------
    ArchitectureError
        At the first text that is not an architecture of the space.
    """
    out = []
    for i, text in enumerate(texts):
        try:
            out.append(space.parse(text))
        except ArchitectureError as error:
            raise ArchitectureError(f"{where(i)}: {error}") from None
    return out

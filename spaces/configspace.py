"""Search spaces of keyword arguments: a network is what a function builds from one choice of each option."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from proxyrank.common.errors import ArchitectureError, ProxyrankError, unknown
from proxyrank.common.seeds import derive_rng
from proxyrank.spaces._choices import Choice, find_word, is_numeric, read_config, shown, words_of
from proxyrank.spaces._measure import measured
from proxyrank.spaces.base import Sizes
from proxyrank.spaces.data import DataShape, data_shape

if TYPE_CHECKING:
    from torch import nn

LISTED = 100_000
"""Architectures that a space may have and still be listed; larger ones are only sampled."""


class ConfigSpace:
    """Architectures that differ in a few options, such as depth, width and activation.

    An architecture is written ``depth=3,kernel=5,activation=relu``, options in the order in which they were
    declared. A mapping, JSON of one, and any order of the options mean the same.

    Parameters
    ----------
    options
        Name of each option (a keyword argument of ``build``) -> its choices: numbers, truth values or words.
        Choices that are all numbers are ordered; others are categories.
    build
        Called with one choice of each option by name, returns an untrained torch module that maps images to
        logits.
    input_shape
        Channels, height and width of the images that the networks read; or length and features of sequences,
        or the number of columns of rows.
    classes
        Logits of the networks.
    name
        Of the space: letters, digits, ``_``, ``-`` and ``.``; one that no other space has.

    Attributes
    ----------
    options : dict of str to tuple
        As given.
    data : DataShape
        Of the images and logits.
    archs, populations : callable or None
        As in `FullSpace`; None in a space of more than `LISTED` architectures.
    network, sizes : callable or None
        As in `FullSpace`; None without ``build``. Sizes are measured on a network, in which no operation is
        taken for dead.

    Raises
    ------
    ProxyrankError
        If an option has no choices, one of them twice, or one that cannot be written down, or the shape
        is none.

    Examples
    --------
    >>> space = ConfigSpace({"depth": [2, 3, 4], "act": ["relu", "tanh"]}, name="mine")
    >>> space.parse({"act": "tanh", "depth": 4})
    'depth=4,act=tanh'
    >>> space.neighbours("depth=4,act=tanh")
    ['depth=3,act=tanh', 'depth=4,act=relu']
    """

    def __init__(
        self,
        options: Mapping[str, Sequence[Choice]],
        *,
        build: "Callable[..., nn.Module] | None" = None,
        input_shape: Sequence[int] = (3, 32, 32),
        classes: int = 10,
        name: str,
    ) -> None:
        where = f"search space {name}"
        if not options:
            raise ProxyrankError(f"{where}: expected at least one option")
        if not 1 <= len(input_shape) <= 3:
            raise ProxyrankError(
                f"{where}: expected input_shape (channels, height, width), (length, features), (features,), "
                f"got {tuple(input_shape)}"
            )
        self.name = name
        self._words = {option: words_of(option, choices, where) for option, choices in options.items()}
        self.options = {option: tuple(words.values()) for option, words in self._words.items()}
        self.data = DataShape.of(input_shape, classes)
        self._build = build
        listed = len(self) <= LISTED
        self.archs = self._archs if listed else None
        self.populations = self._populations if listed else None
        self.network = self._network if build is not None else None
        self.sizes = self._sizes if build is not None else None

    def __len__(self) -> int:
        """Number of architectures."""
        return math.prod(map(len, self.options.values()))

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """What the space was made with, apart from ``build``."""
        shape = list(self.data.shape)
        options = {option: list(choices) for option, choices in self.options.items()}
        return {"options": options, "input_shape": shape, "classes": self.data.classes}

    def parse(self, text: Any) -> str:
        """Exact spelling of an architecture given as text, JSON or a mapping, options in any order.

        Raises
        ------
        ArchitectureError
            If an option is unknown, absent or there twice, or a value is none of its choices.
        """
        return self._join(self._chosen(text).values())

    def config(self, arch: Any) -> dict[str, Choice]:
        """Choice of each option as it was declared, of an architecture in any spelling.

        Raises
        ------
        ArchitectureError
            As `parse`.
        """
        return {option: self._words[option][word] for option, word in self._chosen(arch).items()}

    def sample(self, n: int, seed: int, population: str = "all") -> list[str]:
        """``n`` different architectures, a prefix of what a larger ``n`` gives.

        Raises
        ------
        ProxyrankError
            If the space has fewer than ``n``, or another population is asked for.
        """
        self._check(population)
        if not 0 <= n <= len(self):
            raise ProxyrankError(f"cannot sample {n} architectures: {self.name} has {len(self)}")
        rng = derive_rng("sample", self.name, population, seed)
        if self.archs is not None:
            archs = self._archs()
            return [archs[i] for i in rng.permutation(len(archs))[:n]]
        found: dict[str, None] = {}
        while len(found) < n:  # repeats are rare in a space that cannot be listed
            words = (list(words)[rng.integers(len(words))] for words in self._words.values())
            found.setdefault(self._join(words))
        return list(found)

    def neighbours(self, arch: str) -> list[str]:
        """Architectures that differ in one option, which takes the next number or any other word."""
        chosen = self._chosen(arch)
        return [
            self._join((chosen | {option: other}).values())
            for option, word in chosen.items()
            for other in self._beside(option, word)
        ]

    def _beside(self, option: str, word: str) -> list[str]:
        words = self._words[option]
        if not is_numeric(self.options[option]):
            return [other for other in words if other != word]
        order = sorted(words, key=lambda other: float(words[other]))
        at = order.index(word)
        return [*order[max(at - 1, 0) : at], *order[at + 1 : at + 2]]

    def _archs(self, population: str = "all") -> list[str]:
        self._check(population)
        return sorted(map(self._join, product(*self._words.values())))

    def _populations(self) -> tuple[str, ...]:
        return ("all",)

    def _network(self, arch: str, dataset: str | DataShape) -> "nn.Module":
        shape = data_shape(dataset, square=False)
        if shape != self.data:
            raise ProxyrankError(f"the networks of {self.name} are made for {self.data}, not for {shape}")
        assert self._build is not None
        return self._build(**self.config(arch))

    def _sizes(self, arch: str, dataset: str | DataShape, *, effective: bool = False) -> Sizes:
        return Sizes(*measured(lambda: self._network(arch, dataset), self.data))

    def _chosen(self, text: Any) -> dict[str, str]:
        """Word of each option, in the order in which they were declared."""
        where = f"architecture of {self.name}"
        given = read_config(text, where)
        for option in given:
            if option not in self._words:
                raise unknown("option", option, self._words, where=where, error=ArchitectureError)
        chosen = {}
        for option, words in self._words.items():
            if option not in given:
                raise ArchitectureError(f"{where}: {shown(text)} lacks the option {option}")
            word = find_word(given[option], words)
            if word is None:
                raise ArchitectureError(
                    f"{where}: {option} is one of {', '.join(words)}, not {shown(given[option])}"
                )
            chosen[option] = word
        return chosen

    def _join(self, words: Iterable[str]) -> str:
        return ",".join(f"{option}={word}" for option, word in zip(self._words, words, strict=True))

    def _check(self, population: str) -> None:
        if population != "all":
            raise unknown("population", population, self._populations())

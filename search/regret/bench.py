"""A search space whose labels are all known: training a network is looking its label up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from proxyrank.features import compute_features
from proxyrank.models.parts.standardise import Standardiser, fit_standardiser
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, require


@dataclass
class Bench:
    """Different networks with their labels.

    Attributes
    ----------
    space
        Of the networks.
    values
        Key of each network -> its label, higher is better.
    key
        Key of an architecture; equal networks share one.
    spell
        Spelling of a network by its key.
    groups
        Feature groups of surrogates.
    standard
        Networks by which features are standardised: so many, drawn at random.
    """

    space: SearchSpace
    values: Mapping[str, float]
    key: Callable[[str], str]
    spell: Callable[[str], str]
    groups: Sequence[str]
    standard: int = 2000
    _rows: dict[str, FloatArray] = field(default_factory=dict)
    _around: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """All keys, sorted."""
        return tuple(sorted(self.values))

    @cached_property
    def best(self) -> float:
        """The best label there is."""
        return max(self.values.values())

    def draw(self, rng: np.random.Generator) -> str:
        """A key drawn uniformly."""
        return self.keys[int(rng.integers(len(self.keys)))]

    def neighbours(self, key: str) -> list[str]:
        """Keys of the networks one change away that have a label, each once, without itself."""
        if key not in self._around:
            full = require(self.space, "neighbours", "a search")
            found = dict.fromkeys(map(self.key, full.neighbours(self.spell(key))))
            self._around[key] = [one for one in found if one != key and one in self.values]
        return self._around[key]

    def mutate(self, key: str, rng: np.random.Generator) -> str:
        """A neighbour drawn uniformly; the network itself where there is none."""
        found = self.neighbours(key)
        return found[int(rng.integers(len(found)))] if found else key

    @cached_property
    def _standardiser(self) -> Standardiser:
        order = np.random.Generator(np.random.PCG64(0)).permutation(len(self.keys))[: self.standard]
        return fit_standardiser(self._features([self.keys[i] for i in sorted(order)]))

    def _features(self, keys: Sequence[str]) -> FloatArray:
        archs = [self.spell(key) for key in keys]
        table = compute_features(self.space, sorted(archs), self.groups).frame
        return table.loc[archs].to_numpy(dtype=np.float64)

    def rows(self, keys: Sequence[str]) -> FloatArray:
        """Standardised features [n, d]; each network's are made once."""
        new = [key for key in dict.fromkeys(keys) if key not in self._rows]
        if new:
            scaled = self._standardiser.transform(self._features(new))
            self._rows.update(zip(new, scaled, strict=True))
        return np.array([self._rows[key] for key in keys])

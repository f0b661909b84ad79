"""The architectures to choose from: one of each class of equal networks, with standardised features."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import compute_features, default_groups
from proxyrank.models.parts.standardise import fit_standardiser
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, equality_key, require

LEFT_OUT = frozenset({"cell"})
"""Default groups that need not be looked at to tell candidates apart; more columns overfit few labels."""


@dataclass(frozen=True)
class Candidates:
    """A pool to choose from.

    Attributes
    ----------
    space
        Search space.
    archs
        Different networks, sorted.
    rows
        Standardised features [n, d].
    """

    space: SearchSpace
    archs: tuple[str, ...]
    rows: FloatArray

    def positions(self, archs: Sequence[str]) -> list[int]:
        """Positions of the networks equal to the given ones, each once; others are left out."""
        at = {equality_key(self.space, arch): i for i, arch in enumerate(self.archs)}
        found = (at.get(equality_key(self.space, arch)) for arch in archs)
        return list(dict.fromkeys(i for i in found if i is not None))


def make_candidates(
    space: SearchSpace, population: str | None = None, archs: Sequence[str] | None = None
) -> Candidates:
    """Candidates of a population, or of a list.

    Parameters
    ----------
    space
        Search space.
    population
        All its architectures, unless ``archs`` are given.
    archs
        Exact spellings.

    Raises
    ------
    ProxyrankError
        If there are fewer than two different networks.
    """
    if archs is None:
        archs = require(space, "archs", "a choice among all architectures").archs(population or "all")
    listed = sorted(archs)
    first: dict[str, str] = {}
    for arch in listed:
        first.setdefault(equality_key(space, arch), arch)
    chosen = sorted(first.values())
    if len(chosen) < 2:
        raise ProxyrankError(f"there must be at least 2 different networks to choose from, got {len(chosen)}")
    groups = [name for name in default_groups(space) if name not in LEFT_OUT]
    values = compute_features(space, chosen, groups).frame.to_numpy(dtype=np.float64)
    return Candidates(space, tuple(chosen), fit_standardiser(values).transform(values))

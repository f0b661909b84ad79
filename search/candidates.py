"""The architectures to choose from: one of each class of equal networks, with standardised features."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from proxyrank.common.errors import ProxyrankError
from proxyrank.features import FeatureTable, compute_features, default_groups
from proxyrank.features.defaults import FEW_LABEL_GROUPS
from proxyrank.models.parts.standardise import fit_standardiser
from proxyrank.models.parts.targets import FloatArray
from proxyrank.spaces import SearchSpace, default_dataset, populations, require
from proxyrank.spaces.equal import classes, equal_keys


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

    @cached_property
    def _at(self) -> dict[str, int]:
        return {key: i for i, key in enumerate(equal_keys(self.space, self.archs))}

    def positions(self, archs: Iterable[str]) -> list[int]:
        """Positions of the networks equal to the given ones, each once; others are left out."""
        found = (self._at.get(key) for key in equal_keys(self.space, archs))
        return list(dict.fromkeys(i for i in found if i is not None))


def default_population(space: SearchSpace) -> str:
    """Population to choose from where none is named: without dead operations, if the space tells them."""
    return "filtered" if "filtered" in populations(space) else "all"


def make_candidates(
    space: SearchSpace,
    population: str | None = None,
    archs: Sequence[str] | None = None,
    *,
    groups: Sequence[str] | None = None,
    features: FeatureTable | None = None,
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
    groups
        Feature groups that tell them apart; None takes `default_groups` for few labels.
    features
        A table to take instead of computed features: its columns of these groups or, without such, all.

    Raises
    ------
    ProxyrankError
        If there are fewer than two different networks.
    """
    if archs is None:
        archs = require(space, "archs", "a choice among all architectures").archs(population or "all")
    chosen = sorted(members[0] for members in classes(space, sorted(archs)).values())
    if len(chosen) < 2:
        raise ProxyrankError(f"there must be at least 2 different networks to choose from, got {len(chosen)}")
    if features is None:
        names = groups or default_groups(space, few_labels=True)
        dataset = default_dataset(space)
        settings = {"dataset": dataset} if dataset else None
        frame = compute_features(space, chosen, names, settings=settings).frame
    else:
        held = features.sidecar.groups
        wanted = [name for name in groups or FEW_LABEL_GROUPS if name in held] or list(held)
        frame = features.frame.loc[chosen, [column for name in wanted for column in held[name].columns]]
    values = frame.to_numpy(dtype=np.float64)
    return Candidates(space, tuple(chosen), fit_standardiser(values).transform(values))

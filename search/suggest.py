"""Suggest batch after batch, with a memory of what was suggested."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from proxyrank.evaluate import Labels
from proxyrank.features import FeatureTable
from proxyrank.search.candidates import default_population, make_candidates
from proxyrank.search.evolution.recall import recall
from proxyrank.search.grown import grown_pool
from proxyrank.search.state import SuggestedBatch, open_state, save_state
from proxyrank.search.strategies import propose
from proxyrank.spaces import SearchSpace, has


@dataclass(frozen=True)
class Suggestion:
    """Architectures to train now.

    Attributes
    ----------
    archs
        Them.
    fresh
        Whether they were chosen just now; otherwise they were suggested before and wait for their labels.
    batches
        Batches suggested so far.
    trained
        Labels given.
    """

    archs: list[str]
    fresh: bool
    batches: int
    trained: int


def suggest_next(
    space: SearchSpace,
    state_file: str | Path,
    *,
    count: int,
    population: str | None = None,
    archs: Sequence[str] | None = None,
    search: str | Path | None = None,
    strategy: str = "variance",
    labels: Labels | None = None,
    seed: int = 0,
    more: bool = False,
    groups: Sequence[str] | None = None,
    features: FeatureTable | None = None,
) -> Suggestion:
    """The batch that waits for labels or, when all have theirs, the next one; the state file remembers it.

    Parameters
    ----------
    space, population
        Where to choose from; None is `default_population`.
    archs
        Architectures to choose from, in exact spelling, in place of the whole population.
    search
        Folder of a search of the same space: the choice is among the population that it has left and changes
        of the best trained ones that keep to its limits. Without one, the choice in a space that cannot be
        listed is among architectures drawn at random and such changes.
    state_file
        JSON file, made if absent.
    count
        Size of a new batch.
    strategy
        A name in `STRATEGIES`.
    labels
        Of everything trained so far, suggested or not.
    seed
        Of whatever is drawn.
    more
        Suggest another batch though an earlier one still waits.
    groups, features
        What tells the architectures apart, as in `make_candidates`.

    Raises
    ------
    ProxyrankError
        As `open_state` and `propose`.

    Examples
    --------
    >>> import tempfile
    >>> from proxyrank import get_space, suggest_next
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = suggest_next(
    ...         get_space("nb201"), f"{folder}/state.json", count=2, population="filtered", strategy="random"
    ...     )
    >>> len(found.archs), found.fresh
    (2, True)
    """
    population = population or default_population(space)
    state = open_state(state_file, space=space.name, population=population, seed=seed)
    known = pd.Series(dtype="float64") if labels is None else labels.values
    pending = state.pending(set(known.index))
    if pending and not more:
        return Suggestion(pending, False, len(state.batches), len(known))
    if archs is None and (search or not has(space, "archs")):
        archs = _grown(space, labels, seed, search)
    chosen = propose(
        make_candidates(space, population, archs, groups=groups, features=features),
        count,
        strategy=strategy,
        labels=known,
        pending=pending,
        seed=seed,
        direction="max" if labels is None else labels.direction,
    )
    state.batches.append(SuggestedBatch(strategy=strategy, archs=chosen))
    save_state(state, state_file)
    return Suggestion(chosen, True, len(state.batches), len(known))


def _grown(space: SearchSpace, labels: Labels | None, seed: int, search: str | Path | None) -> list[str]:
    """A pool of a space too large to list, or of a search."""
    trained = (
        [] if labels is None else list(labels.oriented.sort_values(ascending=False, kind="stable").index)
    )
    if search is None:
        return grown_pool(space, trained, seed)
    found = recall(search, space)
    return grown_pool(space, trained, seed, base=found.kept, admit=found.admit)

"""State of a search: what has been scored, who is kept. Steps are pure functions of it, batches change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proxyrank.common.seeds import derive_rng
from proxyrank.models.parts.targets import FloatArray
from proxyrank.search.evolution.plan import FIRST, SearchPlan
from proxyrank.search.evolution.scored import Scored

Change = Callable[[str, np.random.Generator, int], str]
"""From an architecture, a generator and a number of changes to a new architecture."""


@dataclass(frozen=True)
class Child:
    """A new architecture that is to be scored: the step that made it, and what limits know of it."""

    step: int
    arch: str
    measures: Mapping[str, float]


@dataclass(frozen=True)
class Batch:
    """Children, and the steps that made no child: ``outside`` the limits, or ``repeated``."""

    children: tuple[Child, ...]
    steps: int
    outside: int = 0
    repeated: int = 0


@dataclass
class SearchState:
    """What a search knows.

    Attributes
    ----------
    columns
        Of the values.
    step
        Steps made.
    children, gaps
        All that were scored, in order, and the reasons of their gaps.
    kept
        Numbers of those in the population, ascending.
    keys
        Of all that were scored; equal architectures share one.
    outside, repeated
        Steps that broke a limit, or led to a known architecture.
    """

    columns: tuple[str, ...]
    step: int = 0
    children: list[Child] = field(default_factory=list)
    gaps: list[dict[str, str]] = field(default_factory=list)
    kept: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    keys: set[str] = field(default_factory=set)
    outside: int = 0
    repeated: int = 0
    _values: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self._values = np.empty((0, len(self.columns)))

    def values(self, numbers: "NDArray[np.int64] | slice" = slice(None)) -> FloatArray:
        """Rows [n, columns] of scored architectures, NaN where there is a gap."""
        rows: FloatArray = self._values[: len(self.children)][numbers]
        return rows

    def absorb(self, batch: Batch, scored: Sequence[Scored], keys: Sequence[str]) -> NDArray[np.int64]:
        """Take a scored batch; returns the numbers of its children, which are kept for now."""
        first, count = len(self.children), len(batch.children)
        if first + count > len(self._values):  # grow by doubling: appending stays cheap
            grown = np.full((2 * (first + count), len(self.columns)), np.nan)
            grown[:first] = self._values[:first]
            self._values = grown
        for at, one in enumerate(scored):
            self._values[first + at] = [one.values.get(name, np.nan) for name in self.columns]
        self.children += batch.children
        self.gaps += [dict(one.gaps) for one in scored]
        self.keys.update(keys)
        self.step += batch.steps
        self.outside += batch.outside
        self.repeated += batch.repeated
        new = np.arange(first, first + count)
        self.kept = np.concatenate([self.kept, new])
        return new

    def drop(self, numbers: Sequence[int]) -> None:
        """Take architectures out of the population."""
        self.kept = self.kept[~np.isin(self.kept, np.asarray(numbers, dtype=np.int64))]


def next_batch(
    state: SearchState,
    plan: SearchPlan,
    *,
    change: Change,
    key: Callable[[str], str],
    admit: Callable[[str], Mapping[str, float] | None],
) -> Batch:
    """Steps until a batch of new architectures is full, or the iterations are over.

    Until `FIRST` architectures are known (or as many steps led back: a start of few neighbours), a step
    changes the start once; then it changes a member of the population, drawn uniformly, by ``plan.changes``
    (published searches: two). The state is left as it is.

    Parameters
    ----------
    state, plan
        What is known and wanted.
    change
        Makes a new architecture.
    key
        Equal for equal architectures.
    admit
        What limits know of an architecture, None for one that breaks a limit.
    """
    children: list[Child] = []
    keys: set[str] = set()
    step, outside, repeated = state.step, 0, 0
    while len(children) < plan.batch and step < plan.iterations:
        known = len(state.children) + len(children)
        beginning = known < FIRST and state.repeated + repeated < FIRST
        if not beginning and not len(state.kept):
            break  # those that are to be changed must be scored first
        rng = derive_rng("search", plan.seed, step)
        if beginning:
            arch = change(plan.start, rng, 1)
        else:
            parent = state.kept[int(rng.integers(len(state.kept)))]
            arch = change(state.children[parent].arch, rng, plan.changes)
        own = key(arch)
        if own in state.keys or own in keys:
            repeated += 1
        elif (measures := admit(arch)) is None:
            outside += 1
        else:
            keys.add(own)
            children.append(Child(step, arch, measures))
        step += 1
    return Batch(tuple(children), step - state.step, outside, repeated)

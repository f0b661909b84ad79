"""Ways to choose the next batch, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.seeds import derive_rng
from proxyrank.search.candidates import Candidates
from proxyrank.search.design import choose_by_variance
from proxyrank.search.improvement import choose_by_improvement

FIRST = 32
"""Labels from which on improvement is predicted; the variance design chooses until then."""


@dataclass(frozen=True)
class Situation:
    """What is known when a batch is chosen.

    Attributes
    ----------
    candidates
        The pool.
    labels
        Of trained architectures, by architecture.
    pending
        Chosen earlier, without label yet.
    count
        Size of the batch.
    seed
        Of whatever is drawn.
    direction
        ``max`` or ``min``.
    """

    candidates: Candidates
    labels: "pd.Series[float]"
    pending: Sequence[str]
    count: int
    seed: int
    direction: str


def _random(situation: Situation) -> list[int]:
    taken = set(situation.candidates.positions([*situation.labels.index, *situation.pending]))
    order = derive_rng("random design", situation.seed).permutation(len(situation.candidates.archs))
    return [int(i) for i in order if i not in taken][: situation.count]


def _variance(situation: Situation) -> list[int]:
    given = situation.candidates.positions([*situation.labels.index, *situation.pending])
    return choose_by_variance(situation.candidates.rows, situation.count, given=given, seed=situation.seed)


def _improvement(situation: Situation) -> list[int]:
    if len(situation.labels) < FIRST or situation.labels.nunique() < 2:
        return _variance(situation)
    by_position: dict[int, list[float]] = {}
    for arch, label in situation.labels.items():
        for position in situation.candidates.positions([str(arch)]):
            by_position.setdefault(position, []).append(float(label))
    known = list(by_position)
    labels = np.array([np.mean(own) for own in by_position.values()])
    taken = [i for i in situation.candidates.positions(situation.pending) if i not in by_position]
    return choose_by_improvement(
        situation.candidates.rows,
        known,
        labels,
        situation.count,
        taken=taken,
        direction=situation.direction,
    )


STRATEGIES: Mapping[str, Callable[[Situation], list[int]]] = MappingProxyType(
    {"variance": _variance, "improvement": _improvement, "random": _random}
)
"""``variance``: the design that tells most about all others. ``improvement``: expected improvement of the
best. ``random``: for comparison."""


def propose(
    candidates: Candidates,
    count: int,
    *,
    strategy: str = "variance",
    labels: "pd.Series[float] | None" = None,
    pending: Sequence[str] = (),
    seed: int = 0,
    direction: str = "max",
) -> list[str]:
    """Architectures to train next.

    Parameters
    ----------
    candidates
        The pool.
    count
        How many.
    strategy
        A name in `STRATEGIES`.
    labels
        Of the trained ones.
    pending
        Suggested before and still without label.
    seed
        Of whatever is drawn.
    direction
        Whether a larger label is better (``max``) or a smaller one (``min``).

    Raises
    ------
    ProxyrankError
        If the strategy is unknown or nothing is left to suggest.
    """
    if strategy not in STRATEGIES:
        raise unknown("strategy", strategy, STRATEGIES)
    known = pd.Series(dtype=np.float64) if labels is None else labels
    situation = Situation(candidates, known, pending, count, seed, direction)
    chosen = STRATEGIES[strategy](situation)
    if not chosen:
        raise ProxyrankError("nothing is left to suggest: every network is trained or suggested")
    return [candidates.archs[i] for i in chosen]
